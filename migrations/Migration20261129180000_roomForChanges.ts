import { Migration } from '@mikro-orm/migrations'

/**
 * Half of each new page of what the rollup changes again and again stays free: a row's next version lies beside it, and
 * no index learns of it. Maintenance does the same with the partitions that it makes.
 */
export class Migration20261129180000_roomForChanges extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      do $$
      declare
        part regclass;
      begin
        for part in select inhrelid::regclass from pg_inherits
          where inhparent = any ('{usage_minute,usage_hour,usage_day,usage_ip}'::regclass[])
        loop
          execute format('alter table %s set (fillfactor = 50)', part);
        end loop;
      end $$;
      alter table api_key_use set (fillfactor = 50);
      alter table quota_day set (fillfactor = 50);
      alter table quota_month set (fillfactor = 50);
    `)
  }

  override down(): void {
    this.addSql(`
      do $$
      declare
        part regclass;
      begin
        for part in select inhrelid::regclass from pg_inherits
          where inhparent = any ('{usage_minute,usage_hour,usage_day,usage_ip}'::regclass[])
        loop
          execute format('alter table %s reset (fillfactor)', part);
        end loop;
      end $$;
      alter table api_key_use reset (fillfactor);
      alter table quota_day reset (fillfactor);
      alter table quota_month reset (fillfactor);
    `)
  }
}
