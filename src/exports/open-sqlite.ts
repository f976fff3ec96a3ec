import type { SqlDatabase } from '../formats/matches/colmap-tables.ts';

/**
 * An empty SQLite database in memory, on sql.js. Its code and wasm are the build's own files and come only when this is
 * called. Throws what the download throws.
 */
export async function openSqlite(): Promise<SqlDatabase> {
  const [{ default: initSqlJs }, { default: wasm }] = await Promise.all([
    import('sql.js'),
    import('sql.js/dist/sql-wasm-browser.wasm?url'),
  ]);
  const { Database } = await initSqlJs({ locateFile: () => wasm });
  return new Database();
}
