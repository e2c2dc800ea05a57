import { globSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Route } from '../../src/api/guard.ts'
import { routes } from '../../src/api/routes/all.ts'

it('a route is exported under its operation ID', async () => {
  const files = globSync('src/api/routes/*/*.ts', { cwd: `${import.meta.dirname}/../..` })
  const modules: Record<string, unknown>[] = await Promise.all(
    files.map((file) => import(`${import.meta.dirname}/../../${file}`)),
  )
  const exported = new Map(
    modules.flatMap((module) => Object.entries(module)).map(([name, one]) => [one, name]),
  )
  const names = routes.map((route: Route) => [exported.get(route), route.spec.operation])
  expect(names.filter(([name, operation]) => name !== operation)).toEqual([])
})
