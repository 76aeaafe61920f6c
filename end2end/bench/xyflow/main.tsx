// The same graph in @xyflow/react, as its documentation advises for large ones: memoised nodes, stable callbacks, and the choice between
// everything in the page and only what is visible (`?visible`).
import {
  Background,
  type Connection,
  type Edge,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  SelectionMode,
  addEdge,
  useEdgesState,
  useNodesState,
} from "@xyflow/react";
import { memo, useCallback, useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import { graph } from "../graph";

type Step = Node<{ label: string; summary: string }, "step">;

const Card = memo(({ data }: NodeProps<Step>) => (
  <div className="card">
    <Handle type="target" position={Position.Left} />
    <span className="card-icon">
      <svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2">
        <path d="M8 3H7a2 2 0 0 0-2 2v5a2 2 0 0 1-2 2 2 2 0 0 1 2 2v5a2 2 0 0 0 2 2h1M16 21h1a2 2 0 0 0 2-2v-5a2 2 0 0 1 2-2 2 2 0 0 1-2-2V5a2 2 0 0 0-2-2h-1" />
      </svg>
    </span>
    <span className="card-text">
      <span className="card-title">{data.label}</span>
      <span className="card-summary">{data.summary}</span>
    </span>
    <Handle type="source" position={Position.Right} />
  </div>
));
const nodeTypes = { step: Card };
const marker = { markerEnd: { type: MarkerType.ArrowClosed } };
const { steps, connections } = graph();
const first: Step[] = steps.map(({ id, label, summary, x, y }) => ({ id, type: "step", position: { x, y }, data: { label, summary } }));
const lines: Edge[] = connections.map((connection) => ({ ...connection }));
const onlyVisible = new URLSearchParams(location.search).has("visible");

function App() {
  const [nodes, setNodes, onNodesChange] = useNodesState<Step>(first);
  const [edges, setEdges, onEdgesChange] = useEdgesState(lines);
  const past = useRef<Step[][]>([]);
  const now = useRef(nodes);
  now.current = nodes;
  // The library has no undo: the usual way is a copy of the list before each drag.
  const keep = useCallback(() => void past.current.push(now.current), []);
  const connect = useCallback((connection: Connection) => setEdges((all) => addEdge(connection, all)), [setEdges]);
  useEffect(() => {
    const undo = (event: KeyboardEvent) => {
      if (event.key !== "z" || !event.ctrlKey) return;
      const before = past.current.pop();
      if (before) setNodes(before);
    };
    addEventListener("keydown", undo);
    return () => removeEventListener("keydown", undo);
  }, [setNodes]);
  const chosen = nodes.filter((node) => node.selected);
  const one = chosen.length === 1 ? chosen[0] : undefined;
  const rename = (label: string) =>
    setNodes((all) => all.map((node) => (node.id === one?.id ? { ...node, data: { ...node.data, label } } : node)));
  return (
    <div className="page">
      <div className="board">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          defaultEdgeOptions={marker}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStart={keep}
          onSelectionDragStart={keep}
          onConnect={connect}
          defaultViewport={{ x: 24, y: 330, zoom: 0.7 }}
          minZoom={0.1}
          maxZoom={4}
          snapToGrid
          snapGrid={[16, 16]}
          panOnDrag={[1]}
          panOnScroll
          selectionOnDrag
          selectionMode={SelectionMode.Partial}
          zoomOnDoubleClick={false}
          onlyRenderVisibleElements={onlyVisible}
          onInit={(flow) => Object.assign(window, { flow })}
        >
          <Background gap={16} />
          <MiniMap />
        </ReactFlow>
      </div>
      {one && (
        <aside className="panel">
          <label>
            Name
            {/* Kept when the field is left, as in Toolcrib. */}
            <input key={one.id} aria-label="Name" defaultValue={one.data.label} onBlur={(event) => rename(event.target.value)} />
          </label>
        </aside>
      )}
    </div>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
