import 'uplot/dist/uPlot.min.css';
import './chart.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { type ChartColours, chartColours, onColours } from './chart-colours.ts';
import { type Column, Table } from './table.tsx';

/** One line, or one row of bars. */
export interface ChartSeries {
  readonly name: string;
  readonly kind: 'bars' | 'line';
  /** One for each place. They only decide how high it is drawn; null where there's none. */
  readonly values: readonly (number | null)[];
  /** The value of a place in words, exact. */
  readonly text: (place: number) => string;
}

/** A place along a chart. */
export interface ChartPlace {
  readonly name: string;
  /** A short name for the axis. */
  readonly tick: string;
  /** Stands below the first tick of those that have the same, such as a year below its months. */
  readonly group?: string;
}

export interface ChartProps {
  /** What it shows, in a sentence: all that a screen reader tells of the drawing. */
  readonly label: string;
  /** What its places are: `Month`. */
  readonly unit: string;
  /** The places along it, each as far from the next. */
  readonly places: readonly ChartPlace[];
  readonly series: readonly ChartSeries[];
  /** A height in words, as short as can be. */
  readonly axis: (value: number) => string;
  /** The same as rows. */
  readonly asTable: boolean;
  /** In pixels. @default 240 */
  readonly height?: number;
  /** Of the words on axes, in pixels. @default 12 */
  readonly fontSize?: number;
}

/** Bars and lines over places, with the values of the place that is pointed at; or all of it as a table. */
export function Chart(props: ChartProps) {
  return props.asTable ? <ChartTable {...props} /> : <ChartDrawing {...props} />;
}

function ChartTable({ label, unit, places, series }: ChartProps) {
  const columns: Column<number>[] = [
    { name: unit, cell: (i) => places[i]?.name },
    ...series.map(({ name, text }) => ({ name, align: 'end' as const, cell: (i: number) => text(i) })),
  ];
  return <Table label={label} columns={columns} rows={[...places.keys()]} keyOf={String} />;
}

function ChartDrawing(props: ChartProps) {
  const { label, places, series, height = 240, fontSize = 12 } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const [colours, setColours] = useState<ChartColours>();
  const data = [[...places.keys()], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
  // Other heights of the same places need no other drawing.
  const shape = JSON.stringify([places, series.map(({ kind }) => kind), height, fontSize]);

  useEffect(() => onColours(() => setColours(chartColours(host.current ?? document.body))), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says what it depends on; heights come below.
  useEffect(() => {
    const element = host.current;
    if (!element || !colours) return;
    const drawing = new uPlot(optionsOf(latest, colours, element, setPointed), data, element);
    plot.current = drawing;
    const observer = new ResizeObserver(() => drawing.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawing.destroy();
      plot.current = null;
      setPointed(null);
    };
  }, [shape, colours]);

  const values = JSON.stringify(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values' text stays the same while they do.
  useEffect(() => plot.current?.setData(data), [values]);

  const place = pointed === null ? undefined : places[pointed];
  return (
    <figure class="chart">
      <figcaption class="chart-values" aria-hidden="true">
        <span class="chart-place">{place?.name ?? ''}</span>
        {series.map(({ name, kind, text }, i) => (
          <span key={name} class="chart-value">
            <span class={`chart-key chart-key-${kind} chart-key-${i + 1}`} />
            {name}
            {place && pointed !== null && <strong>{text(pointed)}</strong>}
          </span>
        ))}
      </figcaption>
      <div ref={host} class="chart-host" role="img" aria-label={label} style={{ blockSize: `${height}px` }} />
    </figure>
  );
}

function optionsOf(
  latest: { readonly current: ChartProps },
  colours: ChartColours,
  element: HTMLElement,
  point: (place: number | null) => void,
): uPlot.Options {
  const { places, series, height = 240, fontSize = 12 } = latest.current;
  const font = `${fontSize}px ${colours.font}`;
  const hasGroups = places.some(({ group }) => group !== undefined);
  const axis: uPlot.Axis = { font, stroke: colours.words, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    padding: [10, 4, 0, 0],
    legend: { show: false },
    // Nothing is to be seen by coming closer.
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { time: false, range: [-0.6, places.length - 0.4] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: fontSize * (hasGroups ? 2.9 : 1.9),
        gap: fontSize * 0.5,
        incrs: [1, 2, 3, 4, 6, 7, 12, 14, 24],
        space: fontSize * 4.6,
        values: (_plot, splits) => splits.map((i, at) => tickOf(places[i], places[splits[at - 1] ?? -1])),
      },
      {
        ...axis,
        grid: { stroke: colours.grid, width: 1 },
        space: fontSize * 3.4,
        size: (_plot, words) => Math.max(30, ...(words ?? []).map((word) => word.length * fontSize * 0.62 + 12)),
        values: (_plot, splits) => splits.map((value) => latest.current.axis(value)),
      },
    ],
    series: [
      {},
      ...series.map(({ kind }, i): uPlot.Series => {
        const colour = colours.series[i % colours.series.length] ?? colours.words;
        const points = { show: false };
        if (kind === 'line') return { stroke: colour, width: 2, dash: [4, 4], points };
        // Lines are uPlot's own default; other ways to draw are left out of its smaller builds.
        const paths = uPlot.paths.bars?.({ size: [0.68, 64], radius: 0.12 });
        return { fill: colour, width: 0, points, ...(paths && { paths }) };
      }),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  };
}

function tickOf(place: ChartPlace | undefined, last: ChartPlace | undefined): string {
  if (!place) return '';
  return place.group === undefined || place.group === last?.group ? place.tick : `${place.tick}\n${place.group}`;
}
