/** The operators' page in both colour schemes; contrasts are 4.5 or more. */
export const style = `:root {
  color-scheme: light dark;
  --text: light-dark(#111827, #e5e7eb);
  --quiet: light-dark(#4b5563, #aab2bf);
  --line: light-dark(#d9dde3, #3a3f47);
  --ground: light-dark(#f8f9fa, #16181c);
  --surface: light-dark(#fff, #1f2227);
  --link: light-dark(#4338ca, #a5b4fc);
  --bad: light-dark(#b42318, #fda29b);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem; font: 15px/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--ground); }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.quiet, caption { color: var(--quiet); }
a { color: var(--link); }
strong.bad { color: var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .5rem 0 0; padding: 0; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .5rem .75rem; border-top: 1px solid var(--line); text-align: left; white-space: nowrap; }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; font-size: .85rem; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.mono { font: .85rem ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: 0 0 .75rem; }
label { display: grid; gap: .25rem; font-size: .85rem; color: var(--quiet); }
input, button, select { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line);
  border-radius: 8px; padding: .4rem .75rem; }
button { cursor: pointer; }
input[type=search], input[name=reason] { min-width: min(32rem, 80vw); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 1rem 0; }
dt { font-size: .85rem; color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0; }
[role=status], [role=alert] { margin: 1rem 0; font-weight: 600; }
`
