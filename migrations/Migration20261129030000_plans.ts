import { Migration } from '@mikro-orm/migrations'

/**
 * Plans as rows, beginning with the four that processes of the release before know by heart. Those go on with their
 * own numbers: change a plan once every process runs this release.
 */
export class Migration20261129030000_plans extends Migration {
  override up(): void {
    this.addSql(`create table plan (
      name text primary key,
      label text not null,
      place integer not null,
      limits jsonb not null,
      version integer not null default 1,
      change jsonb,
      created_at timestamptz not null default now()
    )`)
    this.addSql(`insert into plan (name, label, place, limits)
      select name, label, place, jsonb_build_object('liveKeys', live_keys, 'testKeys', test_keys,
        'requestsPerMinute', minute, 'requestsPerDay', day, 'rendersPerMonth', renders, 'rendersHard', hard)
      from (values
        ('free', 'Free', 10, 2, 5, 60, 1000, 100, true),
        ('pro', 'Pro', 20, 10, 10, 300, 10000, 5000, false),
        ('business', 'Business', 30, 50, 50, 1000, 100000, 50000, false),
        ('enterprise', 'Enterprise', 40, null, null, null, null, null, false)
      ) as seed (name, label, place, live_keys, test_keys, minute, day, renders, hard)`)
    this.addSql(`set local lock_timeout = '5s'`)
    // It lists the four. Processes of the release before write no others.
    this.addSql('alter table account drop constraint if exists account_plan_check')
  }

  override down(): void {
    this.addSql(`alter table account add constraint account_plan_check
      check (plan in ('free', 'pro', 'business', 'enterprise')) not valid`)
    this.addSql('drop table plan')
  }
}
