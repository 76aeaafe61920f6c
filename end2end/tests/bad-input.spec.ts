import { ORG, expect, go, test } from "../support/fixtures";

test("a refused agent keeps what was typed and says at each field what is wrong", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/agents/new`);
  await owner.getByLabel("Name", { exact: false }).first().fill("Not A Name");
  await owner.getByLabel("Display name").fill("Keeper of “stock” & <more>");
  await owner.getByLabel("Description").fill("First line\nSecond line");
  await owner.getByRole("button", { name: "Create agent" }).click();
  await expect(owner.getByRole("alert").filter({ hasText: "A name starts with a lowercase letter." })).toBeVisible();
  await expect(owner.locator("[name=name]")).toHaveValue("Not A Name");
  await expect(owner.locator("[name=name]")).toHaveAttribute("aria-invalid", "true");
  await expect(owner.getByLabel("Display name")).toHaveValue("Keeper of “stock” & <more>");
  await expect(owner.getByLabel("Description")).toHaveValue("First line\nSecond line");
});

test("a duplicate name is refused at the name, and the form can be sent again", async ({ owner }, info) => {
  const name = `keeper_${info.project.name}`;
  for (const attempt of [1, 2]) {
    await go(owner, `/${ORG.slug}/agents/new`);
    await owner.locator("[name=name]").fill(name);
    await owner.getByLabel("Description").fill(`Attempt ${attempt}`);
    await owner.getByRole("button", { name: "Create agent" }).click();
    if (attempt === 1) await expect(owner).toHaveURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  }
  await expect(owner.getByRole("alert").filter({ hasText: "An agent of this name exists" }).first()).toBeVisible();
  await expect(owner.getByLabel("Description")).toHaveValue("Attempt 2");
  await owner.locator("[name=name]").fill(`${name}_two`);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await expect(owner).toHaveURL(/\/agents\/[0-9a-f-]{36}\/tools/);
});

test("ids that are none, and foreign ones, are not found", async ({ owner }) => {
  for (const path of ["agents/nonsense", "agents/01890000-0000-7000-8000-000000000000", "executions/nonsense", "executions/01890000-0000-7000-8000-000000000000"]) {
    const answer = await owner.goto(`/${ORG.slug}/${path}`);
    expect(answer?.status(), path).toBe(404);
    await expect(owner.getByText("There is nothing here")).toBeVisible();
  }
  expect((await owner.goto("/nobodys-organization/agents"))?.status()).toBe(404);
});

test("a filter that is none is refused in words, never with a 500", async ({ owner }) => {
  const answer = await owner.goto(`/${ORG.slug}/executions?status=nonsense`);
  expect(answer?.status()).toBe(400);
  await expect(owner.getByText("is no status to filter by")).toBeVisible();
});

test("REST says what is wrong with a JSON pointer", async ({ request, site }) => {
  const nobody = await request.get(`${site.url}/v1/agents`);
  expect(nobody.status()).toBe(401);
  expect(nobody.headers()["content-type"]).toContain("application/problem+json");
});
