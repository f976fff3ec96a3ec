export const ROOT: string;
export function installPackages(): void;
export function findOrInstallChromium(): string;
export function installNumpy(): void;
export function run(program: string, args: string[], options?: object): void;
export function capture(
  program: string,
  args: string[],
  options?: object & { isShown?: boolean },
): Promise<{ status: number; output: string }>;
export const EMULATED_WEBGPU: string[];
