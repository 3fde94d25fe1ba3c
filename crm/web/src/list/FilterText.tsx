import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

type Props = { label: string; value: string | undefined; onChange: (value: string | undefined) => void; wide?: boolean };

/** A filter that is typed; it takes effect when the typing pauses. `/` goes to it. */
export function FilterText({ label, value, onChange, wide }: Props) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed counts
  useEffect(() => {
    if (text === (value ?? '')) return;
    const id = window.setTimeout(() => onChange(text || undefined), 250);
    return () => window.clearTimeout(id);
  }, [text]);
  return (
    <TextInput
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(e) => setText(e.currentTarget.value)}
      onKeyDown={(e) => e.key === 'Escape' && e.currentTarget.blur()}
      leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
      rightSection={text ? undefined : <kbd>/</kbd>}
      w={wide ? 260 : 200}
    />
  );
}
