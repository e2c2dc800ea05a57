import type { Command } from 'commander'
import { PASSWORD_MAX, PASSWORD_MIN } from '../domain/accounts/passwordRule.ts'
import { Interrupted } from './awaitCommand.ts'

/** What `--password` and `--password-stdin` have become. */
export type PasswordOptions = { password?: string; passwordStdin?: boolean }

const MAX_BYTES = 4_096

/** Adds the ways to give a password: asked for on a terminal, else `--password-stdin`. */
export const withPasswordInput = (command: Command): Command =>
  command.option(
    '--password-stdin',
    'read the password from standard input; on a terminal the command asks for it',
  )

/** The same, and the way of before. */
export const withPasswordOptions = (command: Command): Command =>
  withPasswordInput(command).option(
    '--password <password>',
    'deprecated: other users of the machine can read it',
  )

/**
 * The password of somebody (`whose`: their address or ID), without the line break that ends it. Throws an Error that
 * says how to give one, or how long it must be.
 */
export async function readPassword(whose: string, options: PasswordOptions): Promise<string> {
  const password = await givenPassword(whose, options)
  if (password.length >= PASSWORD_MIN && password.length <= PASSWORD_MAX) return password
  throw new Error(`A password has at least ${PASSWORD_MIN} characters, and at most ${PASSWORD_MAX}.`)
}

async function givenPassword(whose: string, options: PasswordOptions): Promise<string> {
  const { password, passwordStdin } = options
  if (password !== undefined && passwordStdin)
    throw new Error('Give either --password-stdin or --password, not both.')
  if (password !== undefined) {
    process.stderr.write(
      'Warning: --password is deprecated. The list of processes and the shell’s history show it. Use --password-stdin.\n',
    )
    return password
  }
  if (passwordStdin) return readInput()
  if (!process.stdin.isTTY || !process.stderr.isTTY || !process.stderr.columns)
    throw new Error('Give the password on standard input, with --password-stdin.')
  const { default: ask } = await import('@inquirer/password')
  return ask({ message: `Password for ${whose}`, mask: true }, { output: process.stderr }).catch(() => {
    throw new Interrupted('No password was given, so nothing was done.')
  })
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error(`A password has at most ${MAX_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
