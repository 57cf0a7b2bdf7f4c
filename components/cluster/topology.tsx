'use client';

import { type Edge, type Node, ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { useSteady } from '@/components/ui/use-steady';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { coloursOf } from './colours';
import { FeedEdge, type FeedEdgeData } from './feed-edge';
import { type Drawing, draw, type Shape } from './layout';
import { MemberNode, type MemberNodeData, VacancyNode } from './member-node';
import { feedWords, roleWords } from './words';

const nodeTypes = { member: MemberNode, vacancy: VacancyNode };
const edgeTypes = { feed: FeedEdge };
const VACANCY = 'no-leader ';

/**
 * Who feeds whom. Positions are computed here from the shape alone; figures come to each card from
 * the store, so that a changed figure renders one card and moves nothing.
 */
export function Topology({ view }: { view: ClusterView }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; scale: number } | null>(null);
  const [settled, setSettled] = useState(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      setSize({ width: element.clientWidth, scale: rem || 1 });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Only after the first picture may anything slide: members arriving at once should stand at once.
  const measured = size !== null;
  useEffect(() => {
    if (!measured) return;
    const timer = setTimeout(() => setSettled(true), 300);
    return () => clearTimeout(timer);
  }, [measured]);

  const shape = useSteady(shapeOf(view));
  const names = useSteady(view.members.map((member) => member.name));
  const drawing = useMemo(
    () => (size === null ? null : draw(shape, size.width, size.scale)),
    [shape, size],
  );
  const flow = useMemo(
    () => (drawing === null ? null : flowOf(view.id, drawing, names)),
    [drawing, names, view.id],
  );
  return (
    <div className="p-4">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and there are none */}
      <div
        ref={box}
        role="group"
        aria-label={inWords(view)}
        className={cn('topology relative w-full', settled && 'settled')}
        style={{ height: drawing?.height ?? 264 }}
      >
        {flow && (
          <ReactFlowProvider>
            <ReactFlow
              nodes={flow.nodes}
              edges={flow.edges}
              nodeTypes={nodeTypes}
              edgeTypes={edgeTypes}
              defaultViewport={{ x: 0, y: 0, zoom: 1 }}
              minZoom={1}
              maxZoom={1}
              panOnDrag={false}
              panOnScroll={false}
              zoomOnScroll={false}
              zoomOnPinch={false}
              zoomOnDoubleClick={false}
              preventScrolling={false}
              nodesDraggable={false}
              nodesConnectable={false}
              nodesFocusable={false}
              edgesFocusable={false}
              elementsSelectable={false}
              disableKeyboardA11y
              proOptions={{ hideAttribution: true }}
              style={{ overflow: 'visible' }}
            />
          </ReactFlowProvider>
        )}
      </div>
    </div>
  );
}

function shapeOf(view: ClusterView): Shape {
  return {
    lastLeader: view.history.at(-1)?.leader ?? null,
    members: view.members.map((member) => ({
      name: member.name,
      isLeader: member.isLeader,
      leads: ['primary', 'promoted', 'standby_leader'].includes(member.role),
      missing: member.presence.is === 'missing',
      upstream: member.upstream?.name ?? null,
      replicateFrom: member.tags.replicatefrom,
    })),
  };
}

function flowOf(
  cluster: ClusterId,
  drawing: Drawing,
  names: readonly string[],
): { nodes: Node[]; edges: Edge[] } {
  const colours = coloursOf(names);
  const size = { width: drawing.card.width, height: drawing.card.height };
  // In the order of names, not of places: an element that moves must stay the same element.
  const nodes: Node[] = names.flatMap((name) => {
    const position = drawing.places.get(name);
    const data: MemberNodeData = { cluster, name, colour: colours.get(name) };
    return position ? [{ id: name, type: 'member', position, data, ...size }] : [];
  });
  if (drawing.vacancy) {
    nodes.push({
      id: VACANCY,
      type: 'vacancy',
      position: drawing.vacancy,
      data: { cluster },
      ...size,
    });
  }
  const edges: Edge[] = drawing.feeds.map((feed) => {
    const data: FeedEdgeData = { cluster, name: feed.to, path: feed.path, label: feed.label };
    return { id: feed.to, type: 'feed', source: feed.from ?? VACANCY, target: feed.to, data };
  });
  edges.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { nodes, edges };
}

function inWords(view: ClusterView): string {
  const parts = view.members.map((member) => {
    if (member.presence.is === 'missing') return `${member.name} is missing`;
    const from = member.upstream?.name;
    const fed = member.upstream
      ? `, ${feedWords[member.upstream.state].word}${from ? ` from ${from}` : ''}`
      : '';
    return `${member.name}: ${roleWords(member)}${fed}`;
  });
  return `Topology of ${view.name}. ${parts.join('. ')}. The same is in the table of members.`;
}
