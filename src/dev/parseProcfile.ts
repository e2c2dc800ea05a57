export type ProcfileLine = { name: string; command: string }

/** Words with nothing in them that a shell would treat specially, the first one not an assignment. */
const PLAIN_COMMAND = /^(?![\w]+=)[\w@%+=:,./-]+(?:[ \t]+[\w@%+=:,./-]+)*$/

/** Reads a Procfile: `name: command` a line; blank lines and `#` comments are left out. Throws on any other line. */
export function parseProcfile(text: string): ProcfileLine[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, command] = /^([A-Za-z0-9_-]+):\s*(.+)$/.exec(line) ?? []
      if (!name || !command) throw new Error(`Not a Procfile line: ${line}`)
      return { name, command }
    })
  const names = lines.map((line) => line.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`The Procfile names ${twice} twice`)
  return lines
}

/** The words to start a command with: its own when it is plain, else a shell's. */
export function commandWords(command: string): string[] {
  return PLAIN_COMMAND.test(command) ? command.split(/[ \t]+/) : ['/bin/sh', '-c', command]
}
