/** The templates of a run: each with an account of its own, through the public API like everything else. */
import { drawEdits, startDesign } from "../simulation/edits.js";
import type { Random } from "../simulation/random.js";
import { request } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import type { Subject } from "./clientParts.js";
import type { Cluster } from "./cluster.js";
import { Copy } from "./copy.js";
import { APPLY_OPERATIONS, CREATE_TEMPLATE, SIGN_UP, type Outcome } from "./documents.js";
import { Ledger } from "./ledger.js";

const ARCHIVED_OPERATIONS = 300;

/** An account and a template of its own. */
export async function newSubject({ nodes, timeline }: Cluster, index: number): Promise<Subject> {
  const node = nodes[0] as ChaosNode;
  const person = { email: `person${index}@example.com`, name: "Person", password: "long enough" };
  const signedUp = await request<{ outcome: { token: string } }>(
    node,
    timeline,
    undefined,
    SIGN_UP,
    { input: person },
  );
  const { token } = signedUp.outcome;
  const input = { name: `Template ${index}`, designData: startDesign };
  const created = await request<{ outcome: { template: { id: string } } }>(
    node,
    timeline,
    token,
    CREATE_TEMPLATE,
    { input },
  );
  const templateId = created.outcome.template.id;
  const violate = (rule: string, message: string) => timeline.violate(rule, message);
  return { templateId, token, ledger: new Ledger(templateId, startDesign, violate) };
}

/** Gives a template a history. */
export async function fill(
  { nodes, timeline }: Cluster,
  subject: Subject,
  random: Random,
): Promise<void> {
  const [node] = nodes as [ChaosNode];
  const { templateId, token, ledger } = subject;
  const copy = new Copy(1, startDesign);
  while (copy.version <= ARCHIVED_OPERATIONS) {
    const { version: baseVersion } = copy;
    const operations = drawEdits(random, copy.document).map((content, index) => ({
      ...content,
      id: `archived.${baseVersion + 1 + index}`,
    }));
    ledger.sent(operations.map(({ id }) => id));
    const input = { templateId, baseVersion, operations };
    const { outcome } = await request<{ outcome: Outcome }>(
      node,
      timeline,
      token,
      APPLY_OPERATIONS,
      { input },
    );
    ledger.acknowledged("archive", outcome.operations ?? []);
    for (const operation of outcome.operations ?? []) copy.take(operation);
  }
}
