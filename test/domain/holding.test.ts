import { describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/accounts/Member.ts'
import { Failure } from '../../src/domain/failure.ts'
import { splitHeld } from '../../src/domain/imports/splitHeld.ts'
import { permissionsFor } from '../../src/domain/keys/access.ts'
import {
  grantOf,
  type Holder,
  holdingOf,
  holdingOfRole,
  requireEditWithin,
  requireMemberEdit,
  requireRole,
  requireWithin,
} from '../../src/domain/keys/holding.ts'

const soon = new Date('2027-01-01T00:00:00Z')
const late = new Date('2028-01-01T00:00:00Z')

const key = (fields: Partial<Parameters<typeof holdingOf>[0]> = {}) => ({
  type: 'live' as const,
  permissions: permissionsFor('full'),
  allowedIps: [] as string[],
  expiresAt: null as Date | null,
  ...fields,
})
const admin = permissionsFor('admin')
const holder = (fields: Parameters<typeof key>[0]) => holdingOf(key({ permissions: admin, ...fields }))

const principals = {
  operator: 'everything',
  'admin session': holdingOfRole('admin'),
  'admin key': holder({}),
  'provisioning key': holder({ permissions: ['keys:manage'] }),
  'member key': holder({ permissions: ['members:manage', 'account:read'] }),
  'bound key': holder({ allowedIps: ['10.0.0.0/8'] }),
  'expiring key': holder({ expiresAt: soon }),
  'test key': holder({ type: 'test' }),
} satisfies Record<string, Holder>
type Principal = keyof typeof principals

/** What was missing, by field; `fine` where nothing was. */
function outcome(act: () => void): string {
  try {
    act()
    return 'fine'
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'insufficient-permissions') throw error
    const { errors = [], missing } = error.details
    expect(missing).not.toEqual([])
    for (const { field } of errors) expect(error.details.detail).toContain(field)
    return errors.map(({ field }) => field).join(' ')
  }
}

const full = key()
const managing = key({ permissions: admin })
const renders = key({ permissions: ['renders:write', 'templates:write'] })
const within = { ...renders, allowedIps: ['10.1.0.0/16', '::ffff:10.2.0.1'], expiresAt: soon }
const test = { ...renders, type: 'test' as const }
const edit = (before: ReturnType<typeof key>, changes: Partial<typeof before>) => (who: Holder) =>
  requireEditWithin(who, before, { ...before, ...changes })
const create = (grant: ReturnType<typeof key>) => (who: Holder) => requireWithin(who, grantOf(grant))
const member = (present: Role, change: { role?: Role; hasPassword?: boolean }) => (who: Holder) =>
  requireMemberEdit(who, present, { hasPassword: false, ...change })

const everywhere = 'allowedIps'
const forever = 'expiresAt'

/** What each principal is refused; who is not named may do it. */
const actions: [string, (who: Holder) => void, Partial<Record<Principal, string>>][] = [
  [
    'create a key for the company’s API alone',
    create(renders),
    { 'bound key': everywhere, 'expiring key': forever, 'test key': 'type' },
  ],
  [
    'create a full key, which reads usage',
    create(full),
    {
      'provisioning key': 'permissions',
      'member key': 'permissions',
      'bound key': everywhere,
      'expiring key': forever,
      'test key': 'type',
    },
  ],
  ['create a key within addresses and time', create(within), { 'test key': 'type' }],
  [
    'create a key that lives longer',
    create({ ...within, expiresAt: late }),
    { 'expiring key': forever, 'test key': 'type' },
  ],
  [
    'create a key with a wider range',
    create({ ...within, allowedIps: ['10.0.0.0/7'] }),
    { 'bound key': everywhere, 'test key': 'type' },
  ],
  ['create a test key', create(test), { 'bound key': everywhere, 'expiring key': forever }],
  [
    'create an admin key',
    create(managing),
    {
      'provisioning key': 'permissions',
      'member key': 'permissions',
      'bound key': everywhere,
      'expiring key': forever,
      'test key': 'type',
    },
  ],
  ['rename a full key', edit(full, {}), { 'test key': 'type' }],
  [
    'rename an admin key',
    edit(managing, {}),
    { 'provisioning key': 'permissions', 'member key': 'permissions', 'test key': 'type' },
  ],
  ['take permissions away', edit(full, { permissions: [] }), { 'test key': 'type' }],
  ['end a key earlier', edit(full, { expiresAt: soon }), { 'test key': 'type' }],
  ['bind a key to addresses', edit(full, { allowedIps: ['192.0.2.1'] }), { 'test key': 'type' }],
  ['unbind a key', edit(within, { allowedIps: [] }), { 'bound key': everywhere, 'test key': 'type' }],
  ['lengthen a key', edit(within, { expiresAt: null }), { 'expiring key': forever, 'test key': 'type' }],
  [
    'make a key admin',
    edit(full, { permissions: admin }),
    {
      'provisioning key': 'permissions',
      'member key': 'permissions',
      'bound key': everywhere,
      'expiring key': forever,
      'test key': 'type',
    },
  ],
  [
    'give an ordinary permission to a key',
    edit(key({ permissions: [] }), { permissions: ['renders:write'] }),
    { 'bound key': everywhere, 'expiring key': forever, 'test key': 'type' },
  ],
  [
    'let a key read usage',
    edit(within, { permissions: ['usage:read'] }),
    { 'provisioning key': 'permissions', 'member key': 'permissions', 'test key': 'type' },
  ],
  [
    'lengthen a key that reads usage',
    edit({ ...full, expiresAt: soon }, { expiresAt: late }),
    {
      'provisioning key': 'permissions',
      'member key': 'permissions',
      'bound key': everywhere,
      'expiring key': forever,
      'test key': 'type',
    },
  ],
  ['edit a test key', edit(test, { permissions: [] }), {}],
  [
    'add an admin',
    (who) => requireRole(who, 'admin', 'role'),
    {
      'provisioning key': 'role',
      'member key': 'role',
      'bound key': 'role',
      'expiring key': 'role',
      'test key': 'role',
    },
  ],
  [
    'add an editor',
    (who) => requireRole(who, 'editor', 'role'),
    {
      'provisioning key': 'role',
      'member key': 'role',
      'bound key': 'role',
      'expiring key': 'role',
      'test key': 'role',
    },
  ],
  [
    'add a viewer',
    (who) => requireRole(who, 'viewer', 'role'),
    { 'provisioning key': 'role', 'bound key': 'role', 'expiring key': 'role', 'test key': 'role' },
  ],
  [
    'make a viewer admin',
    member('viewer', { role: 'admin' }),
    {
      'provisioning key': 'role',
      'member key': 'role',
      'bound key': 'role',
      'expiring key': 'role',
      'test key': 'role',
    },
  ],
  [
    'make an admin viewer',
    member('admin', { role: 'viewer' }),
    {
      'provisioning key': 'role',
      'member key': 'role',
      'bound key': 'role',
      'expiring key': 'role',
      'test key': 'role',
    },
  ],
  [
    'set a viewer’s password',
    member('viewer', { hasPassword: true }),
    {
      'provisioning key': 'role',
      'member key': 'password',
      'bound key': 'role',
      'expiring key': 'role',
      'test key': 'role',
    },
  ],
]

describe('promise 10: nobody gives more than they hold', () => {
  it.each(actions)('%s', (_name, act, refused) => {
    const seen = Object.fromEntries(
      Object.entries(principals).map(([name, who]) => [name, outcome(() => act(who))]),
    )
    const expected = Object.fromEntries(
      Object.keys(principals).map((name) => [name, refused[name as Principal] ?? 'fine']),
    )
    expect(seen).toEqual(expected)
  })

  it.each(Object.entries(principals))('%s can narrow itself, and not widen itself', (_name, who) => {
    if (who === 'everything') return
    const own = key({ ...who, permissions: [...who.permissions], allowedIps: [...who.allowedIps] })
    const change = (changes: Partial<typeof own>) => outcome(() => edit(own, changes)(who))
    expect(change({ permissions: [] })).toBe('fine')
    if (own.permissions.length < admin.length) expect(change({ permissions: admin })).toBe('permissions')
    if (own.allowedIps.length > 0) expect(change({ allowedIps: [] })).toBe('allowedIps')
    if (own.expiresAt) {
      expect(change({ expiresAt: null })).toBe('expiresAt')
      expect(change({ expiresAt: late })).toBe('expiresAt')
    }
  })

  it('says what is missing, every field of it', () => {
    const who = holder({ permissions: ['keys:manage'], allowedIps: ['10.0.0.0/8'], expiresAt: soon })
    const failure = (() => {
      try {
        requireWithin(
          who,
          grantOf(key({ permissions: ['keys:manage', 'audit:read'], allowedIps: ['1.2.3.4'] })),
        )
      } catch (error) {
        return error as Failure
      }
    })()
    expect(failure).toMatchObject({
      code: 'insufficient-permissions',
      details: {
        missing: ['audit:read', '1.2.3.4', soon.toISOString()],
        errors: [
          { field: 'permissions', code: 'out_of_range', message: expect.stringContaining('audit:read') },
          { field: 'allowedIps', code: 'out_of_range', message: expect.stringContaining('1.2.3.4') },
          { field: 'expiresAt', code: 'out_of_range', message: expect.stringContaining('2027-01-01') },
        ],
      },
    })
  })

  it('an import takes the lines that are within, and names the others', () => {
    const record = (line: number, fields: object) => ({
      ...{ line, digest: String(line), name: 'A', type: 'live' as const, access: 'full' as const },
      ...{
        permissions: [],
        allowedIps: [],
        metadata: {},
        hint: '????',
        expiresAt: null,
        createdAt: null,
        ...fields,
      },
    })
    const records = [
      record(1, {}),
      record(2, { permissions: ['keys:manage', 'members:manage'] }),
      record(3, {}),
    ]
    const { held, errors } = splitHeld(records, principals['provisioning key'])
    expect(held.map(({ line }) => line)).toEqual([1, 3])
    expect(errors).toMatchObject([{ line: 2, field: 'permissions', code: 'insufficient-permissions' }])
    expect(
      splitHeld(records, principals['expiring key']).errors.map(({ line, field }) => `${line} ${field}`),
    ).toEqual(['1 expiresAt', '2 expiresAt', '3 expiresAt'])
    expect(splitHeld(records, 'everything').held).toEqual(records)
  })
})
