import { Migration } from '@mikro-orm/migrations'

/** What ends a command that cannot succeed, and one whose actor has lost what it takes. */
export class Migration20261127050000_commands extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      alter table command add column permission text, add column tries integer not null default 0,
        add column failing_since timestamptz;
      comment on column command.permission is 'What the actor must still hold when the command is applied.';
      comment on column command.tries is 'Failed tries, but for those in which something was away.';
    `)
  }

  override down(): void {
    this.addSql('alter table command drop column permission, drop column tries, drop column failing_since')
  }
}
