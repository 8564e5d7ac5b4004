/** Where templates belong, as those see it who lose them by it. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type Api } from "./api.js";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const MOVE = `mutation ($input: MoveTemplateInput!) { moveTemplate(input: $input) {
  ... on TemplateMoved { template { name designData } } ... on RequestError { code } } }`;

test("TEAM-22 who moves a template out of their own sight is told that it moved, and nothing of it", async () => {
  const [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
  const [teamId, now] = [randomUUID(), new Date()];
  await api.prisma.team.create({
    data: { id: teamId, name: "T", ownerId: ada.id, createdAt: now },
  });
  const member = { teamId, userId: bob.id, role: "MEMBER", joinedAt: now } as const;
  await api.prisma.teamMember.create({ data: member });
  const templateId = await bob.createTemplate({ name: "Bob's", teamId });

  const input = { templateId, teamId };
  expect(await ada.data(MOVE, { input })).toMatchObject({
    moveTemplate: { template: { name: "Bob's" } },
  });
  expect(await ada.data(MOVE, { input: { templateId } })).toEqual({
    moveTemplate: { template: null },
  });
  expect(await ada.data(MOVE, { input: { templateId } })).toEqual({
    moveTemplate: { code: "NOT_FOUND" },
  });
});
