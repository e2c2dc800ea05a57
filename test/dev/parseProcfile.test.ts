import { describe, expect, it } from 'vitest'
import { commandWords, parseProcfile } from '../../src/dev/parseProcfile.ts'

describe('parseProcfile', () => {
  it('reads names and commands, and leaves out comments and blank lines', () => {
    const text = '# what runs\napi: node src/api/main.ts\r\n\n  worker:  node w.ts --x=1  \n'
    expect(parseProcfile(text)).toEqual([
      { name: 'api', command: 'node src/api/main.ts' },
      { name: 'worker', command: 'node w.ts --x=1' },
    ])
  })

  it.each(['just words', 'name:', ': command', 'two words: command'])('refuses the line %j', (line) => {
    expect(() => parseProcfile(line)).toThrow('Not a Procfile line')
  })

  it('refuses a name that stands twice', () => {
    expect(() => parseProcfile('api: a\napi: b')).toThrow('names api twice')
  })
})

describe('commandWords', () => {
  it('starts a plain command without a shell', () => {
    expect(commandWords('node_modules/.bin/node  src/a.ts --port=1')).toEqual([
      'node_modules/.bin/node',
      'src/a.ts',
      '--port=1',
    ])
  })

  it.each(['A=1 node a.ts', 'node a.ts | cat', 'node "a b.ts"', 'node $FILE', 'a && b', 'ls *.ts', 'cd ~'])(
    'leaves %j to a shell',
    (command) => {
      expect(commandWords(command)).toEqual(['/bin/sh', '-c', command])
    },
  )
})
