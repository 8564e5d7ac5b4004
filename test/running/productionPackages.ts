/** Which packages of node_modules the program needs without development dependencies, by the lock file. */
import { existsSync, readFileSync } from "node:fs";

interface LockedPackage {
  readonly dependencies?: { readonly [name: string]: string };
  readonly optionalDependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } };
}

/** The folders of what the package depends on, and of what that depends on, but for `leftOut`; optional ones where installed. */
export function productionPackages(leftOut: readonly string[]): string[] {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    readonly packages: { readonly [path: string]: LockedPackage };
  };
  const found = new Set<string>();
  const visit = (path: string): void => {
    for (const name of namesOf(packages[path] ?? {})) {
      if (path === "" && leftOut.includes(name)) continue;
      const dependency = resolve(packages, path, name);
      if (dependency === undefined || found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit("");
  return [...found].filter((path) => existsSync(path));
}

function namesOf(locked: LockedPackage): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked;
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}), ...peers];
}

/** The folder that Node finds the name in, from inside the package upwards. */
function resolve(packages: object, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (at === "") return undefined;
  }
}
