import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { type ChoiceList, useChoices } from '@/data/lists';
import { Panel } from '@/parts/Panel';
import { ProblemText } from '@/parts/ProblemText';
import { done } from '@/parts/undo';
import css from './Settings.module.css';
import { useSave } from './useSave';

type Choice = Schema<'Choice'>;

const again = () => void queryClient.invalidateQueries({ queryKey: ['settings'] });
const patch = (list: ChoiceList, id: string, body: Schema<'ChoiceChange'>) =>
  ask(api.PATCH(`/${list}/{id}`, { params: { path: { id } }, body }));
const add = (list: ChoiceList, body: Schema<'ChoiceChange'>) => ask(api.POST(`/${list}`, { body }));

/** A list that people choose from: its entries, their order, and for outcomes their keys. */
export function ChoicesSection({ list }: { list: ChoiceList }) {
  const { t } = useTranslation();
  const items = useChoices(list);
  const [name, setName] = useState('');
  const create = useSave({ save: (body: Schema<'ChoiceChange'>) => add(list, body), done: () => setName('') });
  const move = async (i: number, by: number) => {
    const order = [...items];
    const [item] = order.splice(i, 1);
    if (!item) return;
    order.splice(i + by, 0, item);
    await Promise.all(order.map((c, n) => (c.position === n ? undefined : patch(list, c.id, { position: n }))));
    again();
  };
  return (
    <Panel title={t(`settings.${list}.title`)} count={items.length} bare>
      <ul className={css.list}>
        {items.map((c, i) => (
          <Line
            key={c.id}
            list={list}
            choice={c}
            taken={items}
            onUp={i > 0 ? () => void move(i, -1) : undefined}
            onDown={i < items.length - 1 ? () => void move(i, 1) : undefined}
          />
        ))}
        <li className={css.row}>
          <form
            className={css.grow}
            style={{ display: 'flex', gap: 8, alignItems: 'flex-start' }}
            onSubmit={(e) => {
              e.preventDefault();
              if (name.trim()) create.mutate({ name, position: items.length });
            }}
          >
            <TextInput
              className={css.grow}
              aria-label={t(`settings.${list}.add`)}
              placeholder={t(`settings.${list}.add`)}
              value={name}
              onChange={(e) => setName(e.currentTarget.value)}
              error={create.error && <ProblemText problem={create.error} />}
            />
            <Button type="submit" leftSection={<IconPlus size={15} stroke={1.75} aria-hidden />} loading={create.isPending}>
              {t('settings.add')}
            </Button>
          </form>
        </li>
      </ul>
    </Panel>
  );
}

type LineProps = { list: ChoiceList; choice: Choice; taken: Choice[]; onUp: (() => void) | undefined; onDown: (() => void) | undefined };

function Line({ list, choice, taken, onUp, onDown }: LineProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(choice.name);
  const save = useSave({ save: (body: Schema<'ChoiceChange'>) => patch(list, choice.id, body) });
  const remove = useSave({
    save: () => ask(api.DELETE(`/${list}/{id}`, { params: { path: { id: choice.id } } })),
    words: t('settings.removed', { name: choice.name }),
    done: () =>
      done(
        t('settings.removed', { name: choice.name }),
        () => void add(list, { name: choice.name, position: choice.position, key: choice.key || undefined }).then(again),
      ),
  });
  const keys = ['1', '2', '3', '4', '5', '6'].filter((k) => k === choice.key || !taken.some((c) => c.key === k));
  return (
    <li className={css.row}>
      <TextInput
        aria-label={t('settings.nameOf', { name: choice.name })}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        onBlur={() => name.trim() && name !== choice.name && save.mutate({ name })}
        onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()}
        error={save.error && <ProblemText problem={save.error} />}
      />
      {list === 'outcomes' && (
        <Select
          w={110}
          aria-label={t('settings.keyOf', { name: choice.name })}
          placeholder={t('settings.noKey')}
          clearable
          data={keys.map((k) => ({ value: k, label: `Alt ${k}` }))}
          value={choice.key || null}
          onChange={(key) => save.mutate({ key: key ?? '' })}
        />
      )}
      <ActionIcon variant="subtle" size={32} disabled={!onUp} aria-label={t('settings.up', { name: choice.name })} onClick={onUp}>
        <IconArrowUp size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" size={32} disabled={!onDown} aria-label={t('settings.down', { name: choice.name })} onClick={onDown}>
        <IconArrowDown size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={32}
        aria-label={t('settings.remove', { name: choice.name })}
        loading={remove.isPending}
        onClick={() => remove.mutate({})}
      >
        <IconTrash size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </li>
  );
}
