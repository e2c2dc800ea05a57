import { Migration } from '@mikro-orm/migrations'

/** Claims are forgotten in the order in which they were made: by an index that is built beside running writers. */
export class Migration20261127070100_claims extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    // What an earlier attempt has left behind is not valid.
    this.addSql('drop index concurrently if exists usage_claim_claimed_at')
    this.addSql('create index concurrently usage_claim_claimed_at on usage_claim (claimed_at)')
    this.addSql('drop index concurrently if exists usage_claim_at')
  }

  override down(): void {
    this.addSql('create index usage_claim_at on usage_claim using brin (claimed_at)')
    this.addSql('drop index usage_claim_claimed_at')
  }
}
