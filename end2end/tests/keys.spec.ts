// Keys: taken in, tested, mapped, explained, replaced, switched off, expired, deleted. A value is entered once, and no page has it afterwards.
import type { APIRequestContext, Page } from "@playwright/test";
import { ORG, expect, fill, go, hydrated, scripted, test } from "../support/fixtures";
import { type Locked, startLocked } from "../support/locked";

const FIRST = "sk-first-canary-0123456789";
const SECOND = "sk-second-canary-987654321";

async function apiToken(page: Page, name: string): Promise<string> {
  await go(page, `/${ORG.slug}/tokens`);
  await fill(page, "name", name);
  for (const box of await page.locator('input[name="scopes[]"]').all()) await box.check();
  await page.getByRole("button", { name: "Create token" }).click();
  const shown = page.locator("pre, code").filter({ hasText: /^\s*tc_/ }).first();
  await expect(shown).toBeVisible();
  return (await shown.innerText()).trim();
}

interface Scene {
  api: Locked;
  rest: APIRequestContext;
  /** What tools ask for. */
  name: string;
  tool: { id: string; name: string };
  agent: { id: string; name: string };
}

async function made(rest: APIRequestContext, path: string, data: object): Promise<{ id: string }> {
  const answer = await rest.post(path, { data });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json();
}

/** A tool that asks for a key of its own, attached to an agent. */
async function scene(page: Page, project: string, what: string, newContext: (options: object) => Promise<APIRequestContext>, url: string): Promise<Scene> {
  const api = await startLocked();
  api.accept(FIRST);
  api.accept(SECOND);
  const name = `${what}_KEY_${project}`.toUpperCase();
  const token = await apiToken(page, `${what} ${project}`);
  const rest = await newContext({ baseURL: url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  const tool = await made(rest, "/v1/tools", {
    name: `balance_${what}_${project}`,
    kind: "api_request",
    status: "active",
    visibility: "public",
    api_spec: { baseUrl: api.url, path: "/balance", method: "GET", authType: "bearer", authKeyName: name },
  });
  const agent = await made(rest, "/v1/agents", { name: `clerk_${what}_${project}`, display_name: `Clerk ${what} ${project}` });
  await made(rest, `/v1/agents/${agent.id}/tools`, { tool_id: tool.id });
  return {
    api,
    rest,
    name,
    tool: { id: tool.id, name: `balance_${what}_${project}` },
    agent: { id: agent.id, name: `Clerk ${what} ${project}` },
  };
}

/** Nothing that the browser was sent, or shows, has the value. */
function watch(page: Page, values: string[]): string[] {
  const leaks: string[] = [];
  page.on("response", async (response) => {
    const text = await response.text().catch(() => "");
    for (const value of values) if (text.includes(value)) leaks.push(`${response.url()} has ${value}`);
  });
  return leaks;
}

async function add(page: Page, name: string, display: string, value: string, more: () => Promise<void> = async () => {}): Promise<string> {
  await go(page, `/${ORG.slug}/keys/new?name=${name}`);
  await fill(page, "secret_value", value);
  await fill(page, "display_name", display);
  await more();
  await page.getByRole("button", { name: "Add key" }).click();
  await page.waitForURL(/\/keys\/[0-9a-f-]{36}$/);
  await hydrated(page);
  return page.url();
}

test("a key is taken in, tested, used, replaced, switched off and deleted, and its value is never seen again", async ({ owner, playwright, site }, info) => {
  const { api, rest, name, tool } = await scene(owner, info.project.name, "life", (options) => playwright.request.newContext(options), site.url);
  const leaks = watch(owner, [FIRST, SECOND]);
  await go(owner, `/${ORG.slug}/keys`);
  await expect(owner.getByRole("link", { name })).toBeVisible();
  await owner.getByRole("link", { name }).click();
  await owner.waitForURL(/keys\/new/);
  await hydrated(owner);
  await expect(owner.locator('[name="key_name"]')).toHaveValue(name);

  // No browser and no password manager keeps the value.
  const field = owner.locator('[name="secret_value"]');
  await expect(field).toHaveAttribute("autocomplete", "off");
  await expect(field).toHaveAttribute("spellcheck", "false");
  for (const manager of ["data-1p-ignore", "data-lpignore", "data-bwignore"]) await expect(field).toHaveAttribute(manager, "true");
  expect(await field.evaluate((element) => element.tagName)).toBe("TEXTAREA");
  expect(await field.evaluate((element) => getComputedStyle(element).getPropertyValue("-webkit-text-security"))).toBe("disc");

  // A form that is refused keeps what was typed, but for the value.
  await fill(owner, "secret_value", FIRST);
  await fill(owner, "display_name", `Life ${info.project.name}`);
  await fill(owner, "allowed_hosts", "https://api.example.com/v1");
  await owner.getByRole("button", { name: "Add key" }).click();
  await expect(owner.getByText("Name the host alone: api.example.com")).toBeVisible();
  await hydrated(owner);
  await expect(owner.locator('[name="display_name"]')).toHaveValue(`Life ${info.project.name}`);
  if (!(await scripted(owner))) await expect(owner.locator('[name="secret_value"]')).toHaveValue("");
  expect(await owner.content()).not.toContain(FIRST);
  await fill(owner, "secret_value", FIRST);
  await fill(owner, "allowed_hosts", "");
  await owner.getByRole("button", { name: "Add key" }).click();
  await owner.waitForURL(/\/keys\/[0-9a-f-]{36}$/);
  await hydrated(owner);
  const page = owner.url();
  await expect(owner.getByText("••••6789").first()).toBeVisible();
  await expect(owner.getByText("This key may be sent to any host")).toBeVisible();

  // It works, and what the API repeats of it is not shown.
  await owner.getByRole("button", { name: "Test key" }).click();
  await expect(owner.getByText("The API answered 200: it takes this key.").or(owner.getByText(/Last test with .*: accepted \(200\)/)).first()).toBeVisible();
  await expect.poll(() => api.shown.at(-1)).toBe(`Bearer ${FIRST}`);
  const used = await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json();
  expect(used.status).toBe("success");
  expect(JSON.stringify(used)).not.toContain(FIRST);
  await go(owner, page);
  await expect(owner.getByText("once, last")).toBeVisible();

  // Only to its host from now on.
  await go(owner, `${page}/settings`);
  await fill(owner, "allowed_hosts", "api.example.com");
  await owner.getByRole("button", { name: "Save key" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  await expect(owner.getByText("This key may be sent to any host")).toHaveCount(0);
  await expect(owner.getByText("is refused already").first()).toBeVisible();
  const refused = await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json();
  expect(refused.status).toBe(403);
  expect(refused.detail).toContain(`“${name}” may be sent to api.example.com only, not to ${api.host}`);
  await go(owner, `${page}/settings`);
  await fill(owner, "allowed_hosts", `api.example.com\n${api.host}`);
  await owner.getByRole("button", { name: "Save key" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  await expect(owner.getByText(`api.example.com, ${api.host}`)).toBeVisible();

  // Another value in its place; the mapping stays.
  await go(owner, `${page}/settings`);
  await fill(owner, "secret_value", SECOND);
  await owner.getByRole("button", { name: "Replace value" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  await expect(owner.getByText("••••4321").first()).toBeVisible();
  expect((await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json()).status).toBe("success");
  expect(api.shown.at(-1)).toBe(`Bearer ${SECOND}`);

  // Switched off it is passed over.
  await go(owner, `${page}/settings`);
  await owner.getByRole("button", { name: "Switch off" }).first().click();
  await expect(owner.getByRole("alertdialog")).toContainText(`Calls of ${tool.name} will be refused.`);
  await owner.getByRole("alertdialog").getByRole("button", { name: "Switch off" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  await expect(owner.getByText("This key is not used")).toBeVisible();
  const off = await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json();
  expect(off.detail).toContain(`The key “${name}” that this tool needs is not there. 1 mapped to this call: inactive.`);
  await go(owner, `${page}/settings`);
  await owner.getByRole("button", { name: "Switch on" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  await expect(owner.getByText("This key is not used")).toHaveCount(0);

  // Past its day it is passed over too.
  await go(owner, `${page}/settings`);
  await fill(owner, "expires_on", "2020-01-01");
  await owner.getByRole("button", { name: "Save key" }).click();
  await expect(owner.getByText("This time has passed.")).toBeVisible();
  await hydrated(owner);
  await fill(owner, "expires_on", "2099-12-31");
  await owner.getByRole("button", { name: "Save key" }).click();
  await owner.waitForURL(page);
  await hydrated(owner);
  const soon = new Date(Date.now() + 1500).toISOString();
  const expiring = await rest.put(`/v1/keys/${page.split("/").at(-1)}`, { data: { expires_at: soon } });
  expect(expiring.status(), await expiring.text()).toBe(200);
  await expect
    .poll(async () => (await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json()).detail ?? "", { timeout: 10_000 })
    .toContain("1 mapped to this call: expired");
  await go(owner, page);
  await expect(owner.getByText("Its time is over")).toBeVisible();
  await go(owner, `/${ORG.slug}/keys?status=expired`);
  await expect(owner.getByRole("link", { name: `Life ${info.project.name}` })).toBeVisible();
  expect((await rest.put(`/v1/keys/${page.split("/").at(-1)}`, { data: { expires_at: null } })).status()).toBe(200);

  // What breaks is said before it breaks.
  await go(owner, `${page}/settings`);
  await expect(owner.getByRole("row", { name: new RegExp(tool.name) }).first()).toContainText("would be refused");
  await owner.getByRole("button", { name: "Delete key" }).first().click();
  await expect(owner.getByRole("alertdialog")).toContainText(`Delete Life ${info.project.name}?`);
  await expect(owner.getByRole("alertdialog")).toContainText(`Calls of ${tool.name} will be refused.`);
  await owner.getByRole("alertdialog").getByRole("button", { name: "Delete key" }).click();
  await owner.waitForURL(`**/${ORG.slug}/keys`);
  await hydrated(owner);
  await expect(owner.getByRole("link", { name: `Life ${info.project.name}` })).toHaveCount(0);
  const gone = await (await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: {} } })).json();
  expect(gone.detail).toContain(`The key “${name}” that this tool needs is not there.`);
  expect(leaks).toEqual([]);
  await rest.dispose();
  await api.stop();
});

test("mappings decide which key a call gets, and the page explains why", async ({ owner, playwright, site }, info) => {
  const { api, rest, name, tool, agent } = await scene(owner, info.project.name, "map", (options) => playwright.request.newContext(options), site.url);
  const everybodys = await add(owner, name, `Everybodys ${info.project.name}`, FIRST);
  const agents = await add(owner, name, `Agents ${info.project.name}`, SECOND, async () => {
    await owner.locator('[name="whom"]').selectOption(`agent:${agent.id}`);
  });
  await expect(owner.getByRole("row", { name: `Agent: ${agent.name}` }).first()).toBeVisible();

  const explain = async (who: { agent?: string; person?: string }): Promise<void> => {
    await go(owner, `/${ORG.slug}/keys/resolution`);
    await owner.locator('[name="tool"]').selectOption(`${tool.id} ${name}`);
    if (who.agent) await owner.locator('[name="agent"]').selectOption({ label: who.agent });
    if (who.person) await owner.locator('[name="person"]').selectOption({ label: who.person });
    await owner.getByRole("button", { name: "Explain" }).click();
    await owner.waitForURL(/tool=/);
    await hydrated(owner);
  };
  await explain({ agent: agent.name });
  await expect(owner.getByText(`would use “Agents ${info.project.name}” for ${name}: it is mapped to the agent ${agent.name}.`)).toBeVisible();
  await expect(owner.getByText("sent to 127.0.0.1: sent with its request, allowed")).toBeVisible();
  const rows = owner.getByRole("row").filter({ hasText: info.project.name });
  await expect(rows.nth(0)).toContainText("used");
  await expect(rows.nth(1)).toContainText("not reached");
  await explain({});
  await expect(owner.getByText(`would use “Everybodys ${info.project.name}” for ${name}: it is mapped to everybody.`)).toBeVisible();

  // The person's own, with a priority; a number that is none is said at its field.
  await go(owner, agents);
  await owner.locator('[name="whom"]').selectOption({ label: "Person: Ada Owner" });
  await fill(owner, "priority", "many");
  await owner.getByRole("button", { name: "Add mapping" }).click();
  await expect(owner.getByText("A whole number.")).toBeVisible();
  await hydrated(owner);
  await owner.locator('[name="whom"]').selectOption({ label: "Person: Ada Owner" });
  await fill(owner, "priority", "7");
  await owner.getByRole("button", { name: "Add mapping" }).click();
  await expect(owner.getByRole("row", { name: /Person: Ada Owner/ }).first()).toContainText("7");
  await explain({ person: "Ada Owner" });
  await expect(owner.getByText(`would use “Agents ${info.project.name}” for ${name}: it is mapped to Ada Owner.`)).toBeVisible();

  // Two for everybody: the higher priority comes first, and what is switched off is passed over.
  await go(owner, agents);
  await owner.locator('[name="whom"]').selectOption("global");
  await fill(owner, "priority", "5");
  await owner.getByRole("button", { name: "Add mapping" }).click();
  await expect(owner.getByRole("row", { name: /^Everybody/ }).first()).toContainText("5");
  await explain({});
  await expect(owner.getByText(`would use “Agents ${info.project.name}” for ${name}: it is mapped to everybody.`)).toBeVisible();
  await rest.put(`/v1/keys/${agents.split("/").at(-1)}`, { data: { is_active: false } });
  await explain({});
  await expect(owner.getByText("One key that came before it was passed over.")).toBeVisible();
  await expect(owner.getByRole("row").filter({ hasText: "passed over: inactive" })).toHaveCount(1);
  await rest.put(`/v1/keys/${agents.split("/").at(-1)}`, { data: { is_active: true } });

  // Whoever would use another key instead is told apart from who would be refused.
  await go(owner, agents);
  await expect(owner.getByRole("row", { name: new RegExp(`Agent: ${agent.name}`) }).last()).toContainText(`would use Everybodys ${info.project.name}`);

  // A mapping that is taken away counts no more.
  await owner
    .getByRole("row", { name: new RegExp(`Agent: ${agent.name}`) })
    .first()
    .getByRole("button", { name: "Remove" })
    .first()
    .click();
  await owner.getByRole("alertdialog").getByRole("button", { name: "Remove mapping" }).click();
  await expect(owner.getByRole("region", { name: "Mappings" })).not.toContainText(agent.name);
  await go(owner, everybodys);
  await expect(owner.getByText("It is mapped to everybody, so whoever may make tools")).toBeVisible();
  await rest.dispose();
  await api.stop();
});
