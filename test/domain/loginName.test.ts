import { expect, it } from 'vitest'
import { loginName } from '../../src/cli/loginName.ts'

it('is the name of the user, and the ID of one that has no name, as in a container', () => {
  expect(loginName(() => ({ username: 'ada' }))).toBe('ada')
  const unnamed = () => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd')
  }
  expect(loginName(unnamed)).toBe(`uid ${process.getuid?.()}`)
})
