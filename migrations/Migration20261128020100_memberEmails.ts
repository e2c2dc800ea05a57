import { Migration } from '@mikro-orm/migrations'

const indexes = {
  member_account_email: 'unique index concurrently member_account_email on member (account_id, lower(email))',
  member_by_email: 'index concurrently member_by_email on member (lower(email))',
  member_person: 'index concurrently member_person on member (person_id) where person_id is not null',
}

/**
 * An email address is unique in its account, no longer over all of them. Processes of the release before check that
 * themselves before they add a member, and find members by `lower(email)` as before; of an address in two accounts they sign
 * in to one.
 */
export class Migration20261128020100_memberEmails extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    for (const [name, definition] of Object.entries(indexes)) {
      this.addSql(`drop index concurrently if exists ${name}`)
      this.addSql(`create ${definition}`)
    }
    this.addSql('drop index concurrently if exists member_email')
  }

  override down(): void {
    for (const name of Object.keys(indexes)) this.addSql(`drop index concurrently if exists ${name}`)
  }
}
