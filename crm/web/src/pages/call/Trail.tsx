import type { TFunction } from 'i18next';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import css from './Trail.module.css';
import { type Block, type Lane, lanes, length, ticks } from './trail';

type Props = {
  call: Schema<'Call'>;
  now: number;
  /** Where the sound is, in seconds of the call; undefined without sound. */
  at: number | undefined;
  onSeek: ((second: number) => void) | undefined;
  /** What stands at the left of the sound, and the sound. */
  sides: ReactNode;
  sound: ReactNode;
};

/** The trail of a call and its sound on one time axis. */
export function Trail({ call, now, at, onSeek, sides, sound }: Props) {
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const whole = length(call, now);
  const list = lanes(call, now);
  const left = (s: number) => `${(100 * s) / whole}%`;
  const seek = (e: React.MouseEvent) => {
    const box = area.current?.getBoundingClientRect();
    if (box && onSeek) onSeek(((e.clientX - box.left) / box.width) * whole);
  };
  return (
    <div className={css.box}>
      <div className={css.grid}>
        <div ref={area} className={css.area} onClick={seek} aria-hidden>
          {ticks(whole).map((s) => (
            <span key={s} className={css.rule} style={{ left: left(s) }} />
          ))}
        </div>
        <div className={css.marks} aria-hidden>
          {ticks(whole).map((s) => (
            <span key={s} style={{ left: left(s) }}>
              {duration(s)}
            </span>
          ))}
        </div>
        {list.map((lane) => (
          <LaneRow key={lane.key} lane={lane} call={call} left={left} whole={whole} onSeek={seek} />
        ))}
        <div className={css.sides}>{sides}</div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys and the slider do the same */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys and the slider do the same */}
        <div className={css.sound} onClick={seek}>
          {sound}
        </div>
        {at !== undefined && (
          <div className={css.area} style={{ pointerEvents: 'none' }} aria-hidden>
            <div className={css.cursor} style={{ left: left(Math.min(at, whole)) }}>
              <span>{duration(at)}</span>
            </div>
          </div>
        )}
      </div>
      <TrailTable call={call} list={list} t={t} />
    </div>
  );
}

type RowProps = { lane: Lane; call: Schema<'Call'>; left: (s: number) => string; whole: number; onSeek: (e: React.MouseEvent) => void };

function LaneRow({ lane, call, left, whole, onSeek }: RowProps) {
  const { t } = useTranslation();
  const last = lane.blocks.reduce((m, b) => Math.max(m, b.to), 0);
  const note = noteOf(lane, call, t);
  const first = Math.min(...lane.blocks.map((b) => b.from));
  const before = last / whole > 0.72;
  const place = before ? { right: `calc(100% - ${left(first)} + 6px)` } : { left: `calc(${left(last)} + 6px)` };
  return (
    <>
      <div className={css.name} aria-hidden title={nameOf(lane, t)}>
        {nameOf(lane, t)}
      </div>
      <div className={css.lane} aria-hidden onClick={onSeek}>
        {lane.blocks.map((b) => (
          <BlockBox key={`${b.kind} ${b.from}`} block={b} left={left} share={(b.to - b.from) / whole} />
        ))}
        {note && (!before || first / whole > 0.25) && (
          <span
            className={`${css.note} ${note.bad ? css.bad : ''}`}
            style={{ ...place, maxWidth: before ? left(first) : `calc(${left(whole - last)} - 6px)` }}
          >
            {note.text}
          </span>
        )}
      </div>
    </>
  );
}

function BlockBox({ block, left, share }: { block: Block; left: (s: number) => string; share: number }) {
  const { t } = useTranslation();
  const words = `${t(`call.kind.${block.kind}`)} ${duration(block.to - block.from)}`;
  const lost = block.kind === 'ringing' && !['', 'answered'].includes(block.result);
  const look = lost ? css.lost : css[block.kind as keyof typeof css];
  return (
    <span
      className={`${css.block} ${look ?? ''} ${share < 0.06 ? css.small : ''}`}
      style={{ left: left(block.from), width: left(block.to - block.from) }}
      title={`${words}, ${duration(block.from)}–${duration(block.to)}`}
    >
      {share > 0.14 ? words : share > 0.06 ? duration(block.to - block.from) : ''}
    </span>
  );
}

function nameOf(lane: Lane, t: TFunction): string {
  if (lane.kind === 'person') return lane.name || t('common.unknown');
  if (lane.kind === 'queue') return lane.name ? t('call.lane.queueOf', { name: lane.name }) : t('call.lane.queue');
  return t(`call.lane.${lane.kind}`);
}

/** What the pictures cannot say: why somebody was chosen, why an offer came to nothing. */
function noteOf(lane: Lane, call: Schema<'Call'>, t: TFunction): { text: string; bad: boolean } | undefined {
  if (lane.kind === 'queue' && call.why && call.agent)
    return { text: t('call.whyAgent', { name: call.agent.name, why: t(`call.why.${call.why}`, { defaultValue: call.why }) }), bad: false };
  const missed = lane.blocks.filter((b) => b.kind === 'ringing' && !['', 'answered'].includes(b.result));
  const offer = missed.at(-1);
  if (!offer || lane.blocks.some((b) => b.kind === 'talk')) return undefined;
  return { text: `${t(`call.offer.${offer.result}`, { defaultValue: offer.result })} ${duration(offer.to - offer.from)}`, bad: true };
}

/** The same as the pictures, for readers. */
function TrailTable({ call, list, t }: { call: Schema<'Call'>; list: Lane[]; t: TFunction }) {
  const rows = list.flatMap((lane) => lane.blocks.map((b) => ({ lane, b }))).sort((x, y) => x.b.from - y.b.from);
  return (
    <div className="sr">
      <table aria-label={t('call.trail')}>
        <thead>
          <tr>
            <th scope="col">{t('call.table.from')}</th>
            <th scope="col">{t('call.table.length')}</th>
            <th scope="col">{t('call.table.what')}</th>
            <th scope="col">{t('call.table.who')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ lane, b }) => (
            <tr key={`${lane.key} ${b.kind} ${b.from}`}>
              <td>{duration(b.from)}</td>
              <td>{duration(b.to - b.from)}</td>
              <td>
                {t(`call.kind.${b.kind}`)} {b.result && t(`call.offer.${b.result}`, { defaultValue: b.result })}
              </td>
              <td>{nameOf(lane, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {call.why && <p>{noteOf({ key: '', kind: 'queue', name: '', blocks: [] }, call, t)?.text}</p>}
    </div>
  );
}
