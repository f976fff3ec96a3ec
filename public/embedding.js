// Shows live what docs/embedding.md tells: commands to an embed, and its answers.
const COMMANDS = [
  { type: 'run' },
  { type: 'set', options: { view: 'compare', compare: 'swipe' } },
  { type: 'set', options: { view: 'flow', theme: 'dark' } },
  { type: 'set', options: { view: 'matches', theme: 'auto', controls: false } },
  { type: 'load', a: 'samples/facade/a.jpg', b: 'samples/facade/b.jpg' },
  { type: 'export', format: 'csv' },
  { type: 'export', format: 'nonsense' },
];
const MAX_LINES = 200;

const frame = document.querySelector('iframe');
const log = document.querySelector('#log');
const embed = new URL('embed.html', location.href);
embed.search = new URLSearchParams({
  a: 'samples/still-life/a.jpg',
  b: 'samples/still-life/b.jpg',
  origin: location.origin,
}).toString();

addEventListener('message', ({ source, data }) => {
  if (source === frame.contentWindow && data?.liftmatch === 1) write('told', data);
});
frame.src = embed.href;

COMMANDS.forEach((command, i) => {
  const button = document.createElement('button');
  button.textContent = JSON.stringify(command);
  button.addEventListener('click', () => {
    const message = { liftmatch: 1, id: i, ...command };
    write('sent', message);
    // A sandboxed frame has no origin that could be named.
    frame.contentWindow.postMessage(message, '*');
  });
  document.querySelector('#commands').append(button);
});

function write(kind, message) {
  const line = document.createElement('li');
  line.className = kind;
  const shown = (key, value) => (value instanceof Blob ? `Blob of ${value.size} bytes` : value);
  line.textContent = `${kind === 'sent' ? '→' : '←'} ${JSON.stringify(message, shown)}`;
  log.prepend(line);
  while (log.children.length > MAX_LINES) log.lastElementChild.remove();
}
