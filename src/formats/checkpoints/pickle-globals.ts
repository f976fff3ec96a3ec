import { CodedError } from '../../core/errors.ts';
import type { PickleGlobal } from './pickle-values.ts';

/**
 * Which names a pickle may call. Nothing is ever executed, whatever the answer: the distinction is between
 * an object beside the weights that is skipped (an optimizer, a config class) and a file that tries to make
 * its reader run something, which is refused by name because nobody should trust the rest of it either.
 */

/** Modules that give access to the system, to code, or to other modules: whatever is called in them is refused. */
const REFUSED_MODULES = new Set([
  '_posixsubprocess',
  'asyncio',
  'bdb',
  'cffi',
  'cloudpickle',
  'code',
  'codeop',
  'commands',
  'cProfile',
  'ctypes',
  'dill',
  'distutils',
  'doctest',
  'ensurepip',
  'ftplib',
  'gc',
  'http',
  'httplib',
  'idlelib',
  'imp',
  'importlib',
  'inspect',
  'io',
  '_io',
  'joblib',
  'linecache',
  'marshal',
  'multiprocessing',
  'nt',
  'os',
  'pdb',
  'pickle',
  '_pickle',
  'pip',
  'pkgutil',
  'platform',
  'popen2',
  'posix',
  'profile',
  'pty',
  'pydoc',
  'requests',
  'runpy',
  'setuptools',
  'shelve',
  'shutil',
  'signal',
  'site',
  'smtplib',
  'socket',
  'socketserver',
  'sqlite3',
  'ssl',
  'subprocess',
  'sys',
  'telnetlib',
  'tempfile',
  'threading',
  '_thread',
  'timeit',
  'trace',
  'turtle',
  'urllib',
  'urllib2',
  'venv',
  'webbrowser',
  'xmlrpc',
  'zipimport',
]);

/** Classes (and makers of instances) whose names look like functions. Calling them has no effect. */
const HARMLESS = new Set([
  '_codecs.encode',
  'builtins.bool',
  'builtins.bytearray',
  'builtins.bytes',
  'builtins.complex',
  'builtins.dict',
  'builtins.float',
  'builtins.frozenset',
  'builtins.int',
  'builtins.list',
  'builtins.object',
  'builtins.range',
  'builtins.set',
  'builtins.slice',
  'builtins.str',
  'builtins.tuple',
  'collections.defaultdict',
  'collections.deque',
  'copyreg.__newobj__',
  'copyreg._reconstructor',
  'datetime.date',
  'datetime.datetime',
  'datetime.time',
  'datetime.timedelta',
  'datetime.timezone',
  'functools.partial',
  'numpy._core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy.core.multiarray.scalar',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.random._pickle.__bit_generator_ctor',
  'numpy.random._pickle.__generator_ctor',
  'numpy.random._pickle.__randomstate_ctor',
  'torch.device',
  'torch.dtype',
  'torch.serialization._get_layout',
]);

/** Python 2 wrote some modules by other names. */
const PYTHON2_MODULES: Readonly<Record<string, string>> = { __builtin__: 'builtins', copy_reg: 'copyreg' };

/** `module.name` with Python 2's module names replaced. */
export function canonicalName({ module, name }: PickleGlobal): string {
  return `${Object.hasOwn(PYTHON2_MODULES, module) ? PYTHON2_MODULES[module] : module}.${name}`;
}

/**
 * Throws `pickle-refused` unless calling `callee` can only make an inert object. `new` cannot call a
 * function, so there any name outside the refused modules will do; for `call` the name must be listed or be
 * a class by Python's naming convention, which is how `types.SimpleNamespace` differs from `posix.system`.
 */
export function checkForeignCall(callee: PickleGlobal, how: 'call' | 'new'): void {
  const { module, name } = callee;
  const root = module.split('.', 1)[0]!;
  const refusedModule = REFUSED_MODULES.has(root) || name.split('.').some((part) => part.startsWith('__'));
  const known = HARMLESS.has(canonicalName(callee)) || isUnreadTensorKind(callee);
  const isClass = how === 'new' ? !canonicalName(callee).startsWith('builtins.') : isClassName(name);
  if (!known && (refusedModule || !isClass)) throw refused(callee.fullName);
}

/** The refusal of a pickle that would call `what`. */
export function refused(what: string): CodedError {
  return new CodedError(
    'pickle-refused',
    `This file would call ${what} when opened in Python. Nothing was run, and the file is refused.`,
    'Do not open it with other tools either; use a checkpoint from a source that you trust.',
  );
}

/** Sparse, quantized and other tensors that this reader does not read are skipped like foreign classes. */
function isUnreadTensorKind({ module, name }: PickleGlobal): boolean {
  return (module === 'torch._utils' || module === 'torch._tensor') && name.startsWith('_rebuild_');
}

function isClassName(name: string): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return /^_*\p{Lu}/u.test(last);
}
