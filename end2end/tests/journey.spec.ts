// The first real job, end to end, as one person does it by hand: from an empty database to a report, and the same over REST.
// A screenshot of every step goes into screenshots/.
import { type APIRequestContext, type Page, expect, test as base } from "@playwright/test";
import { ORG, fill, go, hydrated, scripted, setUp } from "../support/fixtures";
import { LOAD, MARGINS, REPORT, placeProducts } from "../support/products";
import { Server } from "../support/server";
import { type Weather, startWeather } from "../support/weather";

const test = base.extend<{ server: Server; weather: Weather; baseURL: string }>({
  weather: async ({}, use) => {
    const weather = await startWeather();
    await use(weather);
    await weather.stop();
  },
  server: async ({ weather }, use) => {
    const server = await Server.start({ TOOLCRIB_ALLOW_PRIVATE_HOSTS: new URL(weather.url).host });
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.url),
});

/** Numbers the steps and takes a picture of each. */
function camera(page: Page, project: string) {
  let step = 0;
  return async (name: string): Promise<void> => {
    step += 1;
    const path = `screenshots/${project}/${String(step).padStart(2, "0")}-${name}.png`;
    await page.screenshot({ path, fullPage: true, animations: "disabled" });
  };
}

interface PythonTool {
  name: string;
  description: string;
  script: string;
  schema: object;
  output: object;
}

const TOOLS: PythonTool[] = [
  {
    name: "load_csv_data",
    description: "Loads the products file.",
    script: LOAD,
    schema: { type: "object", properties: { path: { type: "string", description: "Path of the file." } } },
    output: { type: "object", required: ["rows"], properties: { rows: { type: "array" }, count: { type: "integer" } } },
  },
  {
    name: "calculate_profit_margins",
    description: "Profit margins by category.",
    script: MARGINS,
    schema: { type: "object", required: ["rows"], properties: { rows: { type: "array" } } },
    output: { type: "object", required: ["margins"], properties: { margins: { type: "object" } } },
  },
  {
    name: "generate_report",
    description: "Writes the report.",
    script: REPORT,
    schema: { type: "object", required: ["margins"], properties: { margins: { type: "object" } } },
    output: { type: "object", required: ["report"], properties: { report: { type: "string" } } },
  },
];

/** Fills what every kind of tool has; the schema as JSON. */
async function describeTool(page: Page, name: string, description: string, schema: object): Promise<void> {
  await fill(page, "form[name]", name);
  await fill(page, "form[description]", description);
  await page.getByLabel("As JSON Schema").check();
  const json = page.locator('[name="form[schema_json]"]');
  if (!(await json.isVisible())) {
    await page.locator("details").filter({ has: json }).locator("summary").first().click();
  }
  await json.fill(JSON.stringify(schema, null, 2));
  await page.locator('select[name="form[visibility]"]').selectOption("public");
  await page.locator('input[name="form[activate]"]').check();
}

async function createTool(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Register tool" }).click();
  await page.waitForURL(/\/tools\/[0-9a-f-]{36}/);
  await hydrated(page);
  return /\/tools\/([0-9a-f-]{36})/.exec(page.url())![1]!;
}

async function registerPython(page: Page, tool: PythonTool): Promise<string> {
  await go(page, `/${ORG.slug}/tools/new?kind=python`);
  await fill(page, "form[script]", tool.script);
  await describeTool(page, tool.name, tool.description, tool.schema);
  const output = page.locator('[name="form[output_schema]"]');
  if (!(await output.isVisible())) await page.locator("details").filter({ has: output }).locator("summary").first().click();
  await output.fill(JSON.stringify(tool.output));
  return createTool(page);
}

test("from an empty database to a report", async ({ page, server, weather, playwright }, info) => {
  test.setTimeout(180_000);
  const shot = camera(page, info.project.name);

  await test.step("set up", async () => {
    await go(page, "/");
    await shot("set-up");
    await setUp(page);
    await expect(page.getByRole("heading", { name: "First steps" })).toBeVisible();
    await shot("empty-overview");
  });

  await test.step("register an API tool", async () => {
    await go(page, `/${ORG.slug}/tools/new?kind=api_request`);
    await page.locator('select[name="form[method]"]').selectOption("GET");
    await fill(page, "form[url]", `${weather.url}/weather`);
    await fill(page, "form[query]", "city={{city}}");
    await describeTool(page, "get_weather", "The weather of a city.", {
      type: "object",
      required: ["city"],
      properties: { city: { type: "string", description: "Name of the city." } },
    });
    await shot("api-tool-form");
    await createTool(page);
    await shot("api-tool");
  });

  await test.step("try it", async () => {
    const address = page.url().replace(/(\/tools\/[0-9a-f-]{36}).*/, "$1/try");
    await go(page, address);
    await fill(page, "inputs[city]", "Bern");
    await shot("try-form");
    await page.getByRole("button", { name: "Run", exact: true }).first().click();
    await expect(page.getByText("21.5").first()).toBeVisible();
    expect(weather.asked).toContain("GET /weather?city=Bern");
    await shot("try-result");
  });

  const ids: string[] = [];
  await test.step("three python tools over a products file", async () => {
    const me = await organizationId(page, playwright.request.newContext.bind(playwright.request), server.url);
    placeProducts(server.data, me);
    for (const tool of TOOLS) {
      ids.push(await registerPython(page, tool));
      await shot(`tool-${tool.name}`);
    }
    await go(page, `/${ORG.slug}/tools/${ids[0]}/try`);
    await page.getByRole("button", { name: "Run", exact: true }).first().click();
    await expect(page.getByText("read 300 rows").first()).toBeVisible();
    await shot("python-result");
  });

  let agentPath = "";
  await test.step("an agent with attached tools", async () => {
    await go(page, `/${ORG.slug}/agents/new`);
    await page.locator("[name=name]").fill("stock_keeper");
    await page.getByLabel("Display name").fill("Stock keeper");
    await page.getByRole("button", { name: "Create agent" }).click();
    await page.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
    await hydrated(page);
    agentPath = new URL(page.url()).pathname.replace(/\/tools$/, "");
    await shot("agent-available");
    for (const tool of TOOLS) {
      const row = page.getByRole("region", { name: "Available tools" }).getByRole("row", { name: new RegExp(tool.name) });
      await row.getByRole("button", { name: /^Attach/ }).click();
      await expect(page.getByRole("region", { name: "Attached tools" }).getByRole("row", { name: new RegExp(tool.name) })).toBeVisible();
      await hydrated(page);
    }
    await shot("agent-tools");
    await go(page, `${agentPath}/connect`);
    const offered = JSON.parse(await page.locator("pre").first().innerText());
    expect(offered.map((tool: { function: { name: string } }) => tool.function.name)).toEqual(TOOLS.map((tool) => tool.name).sort());
    expect(offered[0].type).toBe("function");
    if (await scripted(page)) {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByRole("button", { name: "Copy" }).first().click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(JSON.parse(copied)).toEqual(offered);
    }
    await shot("agent-connect");
  });

  await test.step("a workflow of the three, run to completion", async () => {
    await go(page, `/${ORG.slug}/workflows/new`);
    await fill(page, "display_name", "Margin report");
    await fill(page, "name", "margin_report");
    await page.getByRole("button", { name: "Create workflow" }).click();
    await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
    await go(page, `${new URL(page.url()).pathname}/outline`);
    for (const [i, tool] of TOOLS.entries()) {
      if (await scripted(page)) {
        const box = page.locator("#f-tool_id[role=combobox]");
        await box.fill(tool.name);
        await box.press("Enter");
        await expect(page.locator('input[name="tool_id"]')).toHaveValue(ids[i]!);
      } else {
        await page.locator('select[name="tool_id"]').selectOption(ids[i]!);
      }
      await page.getByRole("button", { name: "Add step" }).click();
      await expect(page.getByText(tool.name).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      await hydrated(page);
    }
    // What feeds a step is proposed by name and type; saving the step keeps it.
    for (const step of [1, 2]) {
      await page.getByRole("button", { name: "Save step" }).nth(step).click();
      await expect(page.getByText("Proposed by name and type")).toHaveCount(2 - step);
      await hydrated(page);
    }
    await shot("workflow");
    await page.getByRole("button", { name: "Run workflow" }).first().click({ timeout: 15_000 });
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    for (let tries = 0; tries < 40; tries++) {
      if (await page.getByText("Completed").count()) break;
      await page.waitForTimeout(500);
      await page.reload();
    }
    await expect(page.getByText("Completed").first()).toBeVisible();
    await expect(page.getByText("Margins by category").locator("visible=true").first()).toBeVisible();
    await shot("run-completed");
  });

  await test.step("executions: list, filters, one of them, replay", async () => {
    await go(page, `/${ORG.slug}/executions`);
    await expect(page.getByRole("region", { name: "Executions" }).getByRole("row")).not.toHaveCount(1);
    await shot("executions");
    await page.locator("select[name=status]").selectOption("success");
    await page.locator("select[name=source]").selectOption("workflow");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL(/status=success/);
    await expect(page.getByRole("region", { name: "Executions" }).locator("tbody tr")).toHaveCount(3);
    await shot("executions-filtered");
    await go(page, `/${ORG.slug}/executions?source=page`);
    await page.getByRole("region", { name: "Executions" }).locator("tbody tr").filter({ hasText: "get_weather" }).first().getByRole("link").first().click();
    await page.waitForURL(/\/executions\/[0-9a-f-]{36}/);
    await hydrated(page);
    await expect(page.getByRole("heading", { name: "get_weather", level: 1 })).toBeVisible();
    await expect(page.getByRole("region", { name: "Inputs" })).toContainText("Bern");
    await expect(page.getByRole("region", { name: "Output", exact: true })).toContainText("21.5");
    await shot("execution");
    const original = page.url();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.waitForURL((url) => url.href !== original && /\/executions\/[0-9a-f-]{36}/.test(url.href));
    await expect(page.getByText("Replay of")).toBeVisible();
    expect(weather.asked.filter((line) => line === "GET /weather?city=Bern")).toHaveLength(2);
    await shot("replay");
  });

  await test.step("the dashboard counts what happened", async () => {
    await go(page, `/${ORG.slug}?range=1h`);
    await expect(page.getByText("Success rate")).toBeVisible();
    await expect(page.getByText("100 %").first()).toBeVisible();
    await expect(page.getByRole("heading", { name: "First steps" })).toHaveCount(0);
    await shot("dashboard");
  });

  await test.step("the same over REST", async () => {
    const token = await apiToken(page, "journey");
    await shot("token");
    const rest = await playwright.request.newContext({ baseURL: server.url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
    await overRest(rest, weather.url);
    await rest.dispose();
  });
});

/** Makes a token on its page; it is shown once. */
async function apiToken(page: Page, name: string): Promise<string> {
  await go(page, `/${ORG.slug}/tokens`);
  await fill(page, "name", name);
  for (const box of await page.locator('input[name="scopes[]"]').all()) await box.check();
  await page.getByRole("button", { name: "Create token" }).click();
  const shown = page.locator("pre, code").filter({ hasText: /^\s*tc_/ }).first();
  await expect(shown).toBeVisible();
  return (await shown.innerText()).trim();
}

async function organizationId(page: Page, newContext: (options: object) => Promise<APIRequestContext>, url: string): Promise<string> {
  const token = await apiToken(page, "setup");
  const rest = await newContext({ baseURL: url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  const me = await (await rest.get("/v1/me")).json();
  await rest.dispose();
  return me.organization_id;
}

async function overRest(rest: APIRequestContext, weather: string): Promise<void> {
  const made = await rest.post("/v1/tools", {
    data: {
      name: "rest_weather",
      kind: "api_request",
      status: "active",
      visibility: "public",
      input_schema: { type: "object", required: ["city"], properties: { city: { type: "string" } } },
      api_spec: { baseUrl: weather, path: "/weather", method: "GET", queryParams: { city: "{{city}}" } },
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  const tool = await made.json();
  const executed = await rest.post(`/v1/tools/${tool.id}/execute`, { data: { inputs: { city: "Basel" } } });
  expect(executed.ok(), await executed.text()).toBe(true);
  expect(await executed.text()).toContain("Basel");
  const workflows = await (await rest.get("/v1/workflows")).json();
  const run = await rest.post(`/v1/workflows/${workflows.items[0].id}/execute`, { data: {} });
  expect(run.ok(), await run.text()).toBe(true);
  const executions = await (await rest.get("/v1/executions?limit=5")).json();
  expect(executions.items.length).toBeGreaterThan(0);
  const agent = await rest.post("/v1/agents", { data: { name: "rest_agent" } });
  expect(agent.status()).toBe(201);
  const attached = await rest.post(`/v1/agents/${(await agent.json()).id}/tools`, { data: { tool_id: tool.id } });
  expect(attached.status(), await attached.text()).toBe(201);
  // What is wrong is said as a problem, with a pointer.
  const duplicate = await rest.post("/v1/agents", { data: { name: "rest_agent" } });
  expect(duplicate.status()).toBe(409);
  expect((await duplicate.json()).errors[0].pointer).toBe("/name");
  const unknown = await rest.post("/v1/agents", { data: { name: "x_agent", colour: "red" } });
  expect(unknown.status()).toBe(422);
  expect((await unknown.json()).errors[0].pointer).toBe("/colour");
  const broken = await rest.post("/v1/agents", { data: Buffer.from("{"), headers: { "content-type": "application/json" } });
  expect(broken.status()).toBe(400);
  expect((await rest.get("/v1/openapi.json")).ok()).toBe(true);
}
