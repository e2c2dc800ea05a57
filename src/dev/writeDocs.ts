import { readFile, writeFile } from 'node:fs/promises'
import { PAGE, withVariables } from './configurationPage.ts'
import { DOCTOR, doctorPage } from './reference/doctorPage.ts'
import { REFERENCE, referencePage } from './reference/reference.ts'

await writeFile(PAGE, withVariables(await readFile(PAGE, 'utf8')))
await writeFile(REFERENCE, referencePage())
await writeFile(DOCTOR, doctorPage())
