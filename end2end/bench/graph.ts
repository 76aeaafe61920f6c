// The graph that both editors draw: a thousand steps in forty columns, fifteen hundred connections from column to column. The same in every run.

export const COLUMNS = 40;
export const ROWS = 25;
const ACROSS = 320;
const DOWN = 128;

export interface Step {
  id: string;
  label: string;
  summary: string;
  x: number;
  y: number;
}
export interface Connection {
  id: string;
  source: string;
  target: string;
}

/** Numbers that look random and are the same each time (Park and Miller's generator). */
function numbers(): () => number {
  let seed = 20_261_122;
  return () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const id = (column: number, row: number) => `step_${column * ROWS + row}`;

export function graph(): { steps: Step[]; connections: Connection[] } {
  const next = numbers();
  const steps: Step[] = [];
  const connections: Connection[] = [];
  const lead = (from: string, to: string) => {
    const connection = { id: `${from}_to_${to}`, source: from, target: to };
    if (connections.every((other) => other.id !== connection.id)) connections.push(connection);
  };
  for (let column = 0; column < COLUMNS; column++) {
    for (let row = 0; row < ROWS; row++) {
      const number = column * ROWS + row;
      steps.push({ id: id(column, row), label: `Step ${number}`, summary: "total, name", x: column * ACROSS, y: row * DOWN });
      if (column > 0) lead(id(column - 1, row), id(column, row));
    }
  }
  while (connections.length < 1_500) {
    const column = 1 + Math.floor(next() * (COLUMNS - 1));
    lead(id(column - 1, Math.floor(next() * ROWS)), id(column, Math.floor(next() * ROWS)));
  }
  return { steps, connections };
}

/** The same as a workflow. */
export function workflow(): unknown {
  const { steps, connections } = graph();
  return {
    nodes: steps.map(({ id, label, x, y }) => ({
      id,
      type: "transform",
      label,
      position: { x, y },
      config: { expressions: { total: "1 + 1", name: '"step " ~ 1' } },
    })),
    edges: connections.map(({ id, source, target }) => ({ id, source, target, mapping: { total: `from_${source}` } })),
  };
}
