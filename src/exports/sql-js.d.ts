/** The part of sql.js that this project uses; the package comes without types. */
declare module 'sql.js' {
  interface Database {
    run(sql: string, values?: (number | string | Uint8Array | null)[]): this;
    exec(sql: string): { columns: string[]; values: (number | string | Uint8Array | null)[][] }[];
    export(): Uint8Array;
    close(): void;
  }
  interface SqlJs {
    Database: new (bytes?: Uint8Array) => Database;
  }
  export default function initSqlJs(options?: { locateFile?: (file: string) => string }): Promise<SqlJs>;
}
