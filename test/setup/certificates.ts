/** An authority of a test's own and the certificates that it signs, made with openssl; they go with the test. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), "strata-tls-"));
  readonly #own: Certificate = this.#pathsOf("authority");

  constructor() {
    const { cert, key } = this.#own;
    const subject = ["-subj", "/CN=authority of tests", "-days", "2"];
    openssl("req", "-x509", ...newKey, "-keyout", key, "-out", cert, ...subject);
  }

  /** The authority's own certificate. */
  get file(): string {
    return this.#own.cert;
  }

  get pem(): string {
    return readFileSync(this.file, "utf8");
  }

  /** Signs a certificate for one name or address, such as `DNS:localhost` or `IP:127.0.0.1`. */
  sign(subject: string): Certificate {
    const { cert, key } = this.#pathsOf(subject.replaceAll(/\W/g, "-"));
    openssl("req", ...newKey, "-keyout", key, "-out", `${cert}.request`, "-subj", "/CN=test");
    writeFileSync(`${cert}.names`, `subjectAltName=${subject}\n`);
    openssl(
      ...["x509", "-req", "-days", "2", "-in", `${cert}.request`, "-out", cert],
      ...["-CA", this.#own.cert, "-CAkey", this.#own.key, "-CAcreateserial"],
      ...["-extfile", `${cert}.names`],
    );
    return { cert, key };
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #pathsOf(name: string): Certificate {
    return { cert: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
  }
}

function openssl(...parameters: readonly string[]): void {
  const { status, stderr, error } = spawnSync("openssl", parameters, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`these tests need openssl: ${error.message}`);
  if (status !== 0) throw new Error(`openssl ${parameters.join(" ")}: ${stderr}`);
}
