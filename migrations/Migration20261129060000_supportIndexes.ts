import { Migration } from '@mikro-orm/migrations'

/** For the operators' page: an account's latest commands, and keys by their last four characters. */
export class Migration20261129060000_supportIndexes extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists command_account')
    this.addSql('create index concurrently command_account on command (account_id, created_at desc, id desc)')
    this.addSql('drop index concurrently if exists api_key_hint')
    this.addSql('create index concurrently api_key_hint on api_key (hint)')
  }

  override down(): void {
    this.addSql('drop index concurrently if exists command_account')
    this.addSql('drop index concurrently if exists api_key_hint')
  }
}
