import { Command as Cli, Option } from 'commander'
import { HAS_EMAIL } from '../domain/accounts/accountStore.ts'
import { newLinkToken } from '../domain/accounts/linkToken.ts'
import { MemberSchema, ROLES, type Role } from '../domain/accounts/Member.ts'
import { newId } from '../domain/ids.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import { createVault } from '../platform/vault.ts'
import { memberChanges } from './changeMembers.ts'
import { hashFor } from './hashFor.ts'
import { print } from './print.ts'
import { type PasswordOptions, readPassword, withPasswordOptions } from './readPassword.ts'
import { requireEmail } from './requireEmail.ts'
import { type Service, withService } from './withService.ts'

type NewMember = PasswordOptions & { email: string; role?: Role; name?: string }

/** `member …`. */
export function memberCommands(): Cli {
  const member = new Cli('member').description('Members of accounts')

  const add = member
    .command('add')
    .description('add a member with a password that opens this account only')
    .argument('<accountId>')
    .requiredOption('--email <email>')
    .addOption(new Option('--role <role>').choices([...ROLES]).default('viewer'))
    .option('--name <name>')
  withPasswordOptions(add).action(async (accountId: string, options: NewMember, command: Cli) => {
    const given = await memberOf(options)
    const add = async (service: Service) => service.run('add-member', accountId, await hashed(service, given))
    print(command, await withService(add))
  })

  member
    .command('invite-link')
    .description('invite a member and print the link, for a service without email; the previous link ends')
    .argument('<accountId>')
    .requiredOption('--email <email>')
    .addOption(new Option('--role <role>').choices([...ROLES]).default('viewer'))
    .option('--name <name>')
    .action(async (accountId: string, options: Omit<NewMember, keyof PasswordOptions>, command: Cli) =>
      print(command, await inviteLink(accountId, options)),
    )

  member
    .command('list')
    .description('list an account’s members')
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(MemberSchema, { accountId }, { orderBy: { createdAt: 'asc' } }),
      )
      print(
        command,
        rows.map(({ id, email, name, role, status }) => ({ memberId: id, email, name, role, status })),
      )
    })
  return memberChanges().reduce((all, command) => all.addCommand(command), member)
}

/** A member as the command line gives it, with their password. */
export async function memberOf({ email, role = 'admin', name, ...options }: NewMember) {
  requireEmail(email)
  const password = await readPassword(email, options)
  return {
    memberId: newId('member'),
    email,
    name: name === undefined ? null : readName('--name', name),
    role,
    password,
  }
}

type GivenMember = Awaited<ReturnType<typeof memberOf>>

/** The same as a command takes it. */
export async function hashed(service: Service, { password, ...member }: GivenMember) {
  return { ...member, passwordHash: await hashFor(service, member.email, password) }
}

/** The link is shown here and stored nowhere: whoever has it joins the account. */
async function inviteLink(accountId: string, { email, role = 'viewer', name }: NewMember) {
  requireEmail(email)
  return withService(async ({ env, secrets, em, run }) => {
    const token = newLinkToken()
    const [targetHash] = createVault(secrets).hashesOf(email.toLowerCase())
    const link = { targetHash, emailed: false, digest: digestOf(token) }
    const existing = await em
      .createQueryBuilder(MemberSchema)
      .where(HAS_EMAIL, [email])
      .andWhere({ accountId })
      .getSingleResult()
    const fields = { email, role, name: name === undefined ? null : readName('--name', name) }
    const memberId = existing?.id ?? newId('member')
    const result = existing
      ? await run('renew-invitation', accountId, { memberId, link })
      : await run('invite-member', accountId, { ...fields, memberId, link })
    const { expiresAt } = result.invitation as { expiresAt: string }
    return { memberId, url: `${env.PUBLIC_URL ?? ''}/dashboard/invitations#${token}`, expiresAt }
  })
}
