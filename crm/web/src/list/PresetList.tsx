import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Preset } from '@/format/days';

type Props = { chosen: Preset | undefined; presets: Preset[]; onChoose: (p: Preset | undefined) => void; all: boolean };

/** The presets of a period, one under the other. */
export function PresetList({ chosen, presets, onChoose, all }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      {presets.map((p) => (
        <Button
          key={p}
          fullWidth
          justify="flex-start"
          variant={p === chosen ? 'light' : 'subtle'}
          color={p === chosen ? undefined : 'gray'}
          aria-pressed={p === chosen}
          onClick={() => onChoose(p)}
        >
          {t(`list.period.${p}`)}
        </Button>
      ))}
      {all && (
        <Button fullWidth justify="flex-start" variant="subtle" color="gray" onClick={() => onChoose(undefined)}>
          {t('list.period.all')}
        </Button>
      )}
    </div>
  );
}
