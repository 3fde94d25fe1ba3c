import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import css from './Report.module.css';

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

type Props = {
  names: string[];
  values: (number | null)[];
  before: (number | null)[] | undefined;
  bars: boolean;
  label: string;
  format: (value: number) => string;
  onOpen: (index: number) => void;
};

/** A figure over the rows of the report. It says nothing to readers: the table below holds the same data. */
export function Chart({ names, values, before, bars, label, format, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef({ onOpen, format });
  latest.current = { onOpen, format };
  const scheme = useComputedColorScheme();
  const data = JSON.stringify([names, values, before]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read from the page; data stands for the lists
  useEffect(() => {
    if (!box.current) return;
    const chart = init(box.current, undefined, { renderer: 'canvas' });
    chart.setOption(optionOf({ names, values, before, bars, label, format: (v) => latest.current.format(v) }));
    chart.on('click', (e) => latest.current.onOpen(e.dataIndex));
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(box.current);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [data, bars, label, scheme]);
  return <div ref={box} className={css.chart} aria-hidden />;
}

function optionOf({ names, values, before, bars, label, format }: Omit<Props, 'onOpen'>) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--rb-${name}`).trim();
  const text = { color: colour('ink2'), fontFamily: "'Inter Variable', Inter, system-ui", fontSize: 11 };
  const main = bars
    ? { type: 'bar' as const, itemStyle: { color: colour('blue-fill'), borderRadius: [3, 3, 0, 0] }, barMaxWidth: 36 }
    : {
        type: 'line' as const,
        lineStyle: { color: colour('blue'), width: 2 },
        itemStyle: { color: colour('blue') },
        areaStyle: { color: colour('blue-tint'), opacity: 0.7 },
        showSymbol: names.length < 2,
        symbolSize: 7,
      };
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 14, bottom: 4, outerBoundsMode: 'same' as const },
    textStyle: text,
    tooltip: {
      trigger: 'axis' as const,
      renderMode: 'richText' as const,
      backgroundColor: colour('surface'),
      borderColor: colour('line2'),
      textStyle: { ...text, color: colour('ink'), fontSize: 12 },
      valueFormatter: (v: unknown) => (typeof v === 'number' ? format(v) : '–'),
    },
    xAxis: {
      type: 'category' as const,
      data: names,
      boundaryGap: bars,
      axisLine: { lineStyle: { color: colour('line2') } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: 'value' as const,
      splitNumber: 3,
      splitLine: { lineStyle: { color: colour('line') } },
      axisLabel: { ...text, formatter: (v: number) => format(v) },
    },
    series: [
      { name: label, data: values, ...main },
      ...(before
        ? [
            {
              name: ' ',
              type: 'line' as const,
              data: before,
              showSymbol: false,
              lineStyle: { color: colour('ink3'), width: 1, type: 'dashed' as const },
              itemStyle: { color: colour('ink3') },
            },
          ]
        : []),
    ],
  };
}
