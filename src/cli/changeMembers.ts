import { Argument, Command as Cli } from 'commander'
import { HAS_EMAIL } from '../domain/accounts/accountStore.ts'
import { newLinkToken } from '../domain/accounts/linkToken.ts'
import { type Member, MemberSchema, ROLES, type Role } from '../domain/accounts/Member.ts'
import { writeResetLink } from '../domain/accounts/passwordResets.ts'
import { audit } from '../domain/audit/audit.ts'
import { requireNotErasing } from '../domain/erasure/erasing.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import type { Em } from '../platform/postgres.ts'
import { hashFor } from './hashFor.ts'
import { print } from './print.ts'
import { type PasswordOptions, readPassword, withPasswordInput } from './readPassword.ts'
import { type Service, withService } from './withService.ts'

type Result = Promise<Record<string, unknown>>

/** What can be done to a member who is there: each command takes the account and the member. */
export function memberChanges(): Cli[] {
  return [
    change('role', 'change a member’s role')
      .addArgument(new Argument('<role>').choices([...ROLES]))
      .action((accountId: string, member: string, role: Role, _options: unknown, command: Cli) =>
        update(command, accountId, member, async () => ({ role })),
      ),
    change('rename', 'change a member’s name')
      .argument('<name>')
      .action((accountId: string, member: string, name: string, _options: unknown, command: Cli) =>
        update(command, accountId, member, async () => ({ name: readName('<name>', name) })),
      ),
    withPasswordInput(change('password', 'set a member’s password; their sessions end')).action(
      (accountId: string, member: string, options: PasswordOptions, command: Cli) =>
        setPassword(command, accountId, member, options),
    ),
    change(
      'reset-link',
      'print a link with which a member sets a new password; the previous link ends',
    ).action((accountId: string, member: string, _options: unknown, command: Cli) =>
      run(command, (service) => resetLink(service, accountId, member)),
    ),
    change('remove', 'remove a member; their sessions end').action(
      (accountId: string, member: string, _options: unknown, command: Cli) =>
        run(command, async (service) => {
          const { id: memberId } = await findMember(service.em, accountId, member)
          return service.run('remove-member', accountId, { memberId })
        }),
    ),
  ]
}

const change = (name: string, description: string): Cli =>
  new Cli(name).description(description).argument('<accountId>').argument('<member>', 'ID or email address')

const run = async (command: Cli, task: (service: Service) => Result) =>
  print(command, await withService(task))

type Changes = { role?: Role; name?: string; passwordHash?: string }

const update = (
  command: Cli,
  accountId: string,
  text: string,
  changesOf: (member: Member, service: Service) => Promise<Changes>,
) =>
  run(command, async (service) => {
    const member = await findMember(service.em, accountId, text)
    const changes = await changesOf(member, service)
    return service.run('update-member', accountId, { memberId: member.id, ...changes })
  })

async function setPassword(command: Cli, accountId: string, text: string, options: PasswordOptions) {
  const password = await readPassword(text, options)
  await update(command, accountId, text, async ({ email, personId }, service) => {
    // Their password may open other accounts, too.
    if (personId)
      throw new Error('This member chose their password. `member reset-link` prints a link for another one.')
    return { passwordHash: await hashFor(service, email, password) }
  })
}

/** The link is shown here and stored nowhere: whoever has it sets the password of all accounts of the address. */
async function resetLink({ env, em, actor }: Service, accountId: string, text: string): Result {
  const { id: memberId, email, status } = await findMember(em, accountId, text)
  if (status !== 'active')
    throw new Error('This member has not joined yet. `member invite-link` prints a link with which they can.')
  const token = newLinkToken()
  const at = new Date()
  const expiresAt = await em.transactional(async (inner) => {
    await requireNotErasing(inner, accountId)
    audit(inner, { accountId, actor }, { at, action: 'member.reset-link-created', targetId: memberId })
    return writeResetLink(inner, email, digestOf(token), at)
  })
  const url = `${env.PUBLIC_URL ?? ''}/dashboard/password-reset#${token}`
  return { memberId, url, expiresAt: expiresAt.toISOString() }
}

async function findMember(em: Em, accountId: string, text: string): Promise<Member> {
  const member = await em
    .createQueryBuilder(MemberSchema)
    .where(text.includes('@') ? HAS_EMAIL : 'id = ?', [text])
    .andWhere({ accountId })
    .getSingleResult()
  if (!member) throw new Error('The account has no member with this ID or email address.')
  return member
}
