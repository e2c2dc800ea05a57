import { changeName } from '../../support/EventOracle.ts'
import type { Random } from '../../support/random.ts'
import type { Call, Reply } from '../../support/sendSurely.ts'

type Body = Reply['body']

/** What the caller of an account believes that it has. A change whose answer was lost may have been done or not. */
export type Believed = {
  accountId: string
  keys: { id: string; hasEnded: boolean }[]
  members: { id: string; roles: string[] }[]
  /** Why it is suspended. */
  reason: string | undefined
}

/** A change of an account. `surely`: its outcome must be known. `tried`: what is believed after it, done or perhaps. */
export type Move = {
  call: Call
  name: (body: Body) => string
  surely?: boolean
  done?: (body: Body) => void
  tried?: () => void
}

type Draw = { believed: Believed; random: Random; step: string }

const PLANS = ['pro', 'business', 'enterprise']

/** Each of them undefined where there is nothing that it could change. */
const MOVES: [weight: number, draw: (draw: Draw) => Move | undefined][] = [
  [5, createKey],
  [6, renameKey],
  [3, revokeKey],
  [3, rotateKey],
  [3, deleteKey],
  [4, updateAccount],
  [2, suspendOrResume],
  [2, invite],
  [2, changeRole],
  [1, removeMember],
]

/** The next change of an account, at random. `step` is a text that no other has. */
export function drawMove(draw: Draw): Move {
  const all = MOVES.flatMap(([weight, of]) => Array<typeof of>(weight).fill(of))
  for (;;) {
    const move = draw.random.pick(all)(draw)
    if (move) return move
  }
}

const named = (type: string, ...about: unknown[]) => ({ name: () => changeName(type, ...about) })

function createKey({ believed, random, step }: Draw): Move | undefined {
  const { accountId, keys } = believed
  if (keys.length > 12) return undefined
  const body = { name: step, type: random.pick(['live', 'test']) }
  return {
    call: { method: 'POST', path: '/api-keys', body, accountId },
    ...named('api_key.created', step),
    done: ({ id }) => keys.push({ id, hasEnded: false }),
  }
}

const pickKey = ({ believed, random }: Draw, hasEnded: boolean) => {
  const some = believed.keys.filter((key) => key.hasEnded === hasEnded)
  return some.length > 0 ? random.pick(some) : undefined
}

function renameKey(draw: Draw): Move | undefined {
  const key = pickKey(draw, false)
  const { accountId } = draw.believed
  return (
    key && {
      call: { method: 'PATCH', path: `/api-keys/${key.id}`, body: { name: draw.step }, accountId },
      ...named('api_key.updated', draw.step),
    }
  )
}

function revokeKey(draw: Draw): Move | undefined {
  const key = pickKey(draw, false)
  const { accountId } = draw.believed
  return (
    key && {
      call: { method: 'POST', path: `/api-keys/${key.id}/revoke`, body: { reason: draw.step }, accountId },
      ...named('api_key.revoked', key.id),
      tried: () => {
        key.hasEnded = true
      },
    }
  )
}

function rotateKey(draw: Draw): Move | undefined {
  const key = pickKey(draw, false)
  const { accountId, keys } = draw.believed
  return (
    key && {
      call: { method: 'POST', path: `/api-keys/${key.id}/rotate`, body: { overlapSeconds: 0 }, accountId },
      ...named('api_key.rotated', key.id),
      done: ({ id }) => keys.push({ id, hasEnded: false }),
      tried: () => {
        key.hasEnded = true
      },
    }
  )
}

function deleteKey(draw: Draw): Move | undefined {
  const key = pickKey(draw, true)
  const { accountId, keys } = draw.believed
  return (
    key && {
      call: { method: 'DELETE', path: `/api-keys/${key.id}`, accountId },
      ...named('api_key.deleted', key.id),
      tried: () => keys.splice(keys.indexOf(key), 1),
    }
  )
}

function updateAccount({ believed: { accountId }, random, step }: Draw): Move {
  const plan = random.chance(0.5) ? { plan: random.pick(PLANS) } : {}
  return {
    call: { method: 'PATCH', path: `/accounts/${accountId}`, body: { ...plan, metadata: { step } } },
    ...named('account.updated', step),
  }
}

/** A suspension of one that is suspended, and a resumption of one that is not, announce nothing. */
function suspendOrResume({ believed, step }: Draw): Move {
  const { accountId, reason } = believed
  const path = `/accounts/${accountId}`
  return reason === undefined
    ? {
        call: { method: 'POST', path: `${path}/suspend`, body: { reason: step } },
        ...named('account.suspended', step),
        surely: true,
        done: () => {
          believed.reason = step
        },
      }
    : {
        call: { method: 'POST', path: `${path}/resume` },
        ...named('account.resumed', reason),
        surely: true,
        done: () => {
          believed.reason = undefined
        },
      }
}

/** An event has no address: only its answer says which member it was. */
function invite({ believed, step }: Draw): Move | undefined {
  const { accountId, members } = believed
  if (members.length > 5) return undefined
  const body = { email: `${step}@example.com`, role: 'viewer' }
  return {
    call: { method: 'POST', path: '/members', body, accountId },
    name: ({ id }) => changeName('member.invited', id),
    surely: true,
    done: ({ id }) => members.push({ id, roles: ['editor', 'admin'] }),
  }
}

/** Each role once, so that the member and the role name the change. */
function changeRole({ believed: { accountId, members }, random }: Draw): Move | undefined {
  const able = members.filter(({ roles }) => roles.length > 0)
  if (able.length === 0) return undefined
  const { id, roles } = random.pick(able)
  const [role] = roles
  return {
    call: { method: 'PATCH', path: `/members/${id}`, body: { role }, accountId },
    ...named('member.updated', id, role),
    tried: () => roles.shift(),
  }
}

function removeMember({ believed: { accountId, members }, random }: Draw): Move | undefined {
  if (members.length === 0) return undefined
  const member = random.pick(members)
  return {
    call: { method: 'DELETE', path: `/members/${member.id}`, accountId },
    ...named('member.removed', member.id),
    tried: () => members.splice(members.indexOf(member), 1),
  }
}
