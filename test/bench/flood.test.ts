import { expect, it } from 'vitest'
import { callsOf, faultsOf, newStock } from '../../bench/hostile/calls.ts'
import type { Tenant } from '../../bench/hostile/createTenant.ts'

const tenant: Tenant = {
  adminKeys: { cheap: '', costly: '', streams: '' },
  own: { id: '', key: '' },
  spareKeys: [],
  channelId: '',
  ruleId: '',
  member: { id: '', email: '', cookie: '' },
  webhookUrl: '',
}
const names = Object.keys(callsOf(tenant, newStock()))

it('the flood calls every route that a tenant may call, or leaves it out for a reason', () => {
  expect(faultsOf(names)).toEqual([])
})

it('a route that is neither called nor left out is named, and so is a call of no route', () => {
  const others = names.filter((name) => !name.startsWith('importApiKeys'))
  expect(faultsOf([...others, 'importKeys, of before'])).toEqual(['importApiKeys', 'importKeys'])
})
