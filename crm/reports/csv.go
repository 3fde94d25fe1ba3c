package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"ringbook/crm/access"
)

// words are the heads of an exported table; on the screen the browser has them.
var words = map[string]map[string]string{
	"en": {"day": "Day", "hour": "Hour", "number": "Number", "source": "Source", "agent": "Agent", "queue": "Queue", "total": "Total", "none": "None",
		"calls": "Calls", "offered": "Offered", "answered": "Answered", "not_queued": "Ended before the queue", "missed": "Missed",
		"unanswered_share": "Unanswered share", "unique_callers": "Unique callers", "first_time_callers": "First-time callers",
		"target_calls": "Target calls", "wait_average": "Average wait, s", "wait_p90": "Wait, 90th percentile, s", "talk_seconds": "Talk, s",
		"callback_median": "Call-back time, median, s", "outbound": "Calls out", "outbound_answered": "Calls out, answered"},
	"ru": {"day": "День", "hour": "Час", "number": "Номер", "source": "Источник", "agent": "Сотрудник", "queue": "Очередь", "total": "Всего", "none": "Нет",
		"calls": "Звонки", "offered": "Поступило", "answered": "Принято", "not_queued": "До очереди не дошли", "missed": "Пропущено",
		"unanswered_share": "Доля без ответа", "unique_callers": "Уникальные номера", "first_time_callers": "Звонят впервые",
		"target_calls": "Целевые звонки", "wait_average": "Среднее ожидание, с", "wait_p90": "Ожидание, 90-й перцентиль, с", "talk_seconds": "Разговор, с",
		"callback_median": "Перезвон, медиана, с", "outbound": "Исходящие", "outbound_answered": "Исходящие с ответом"},
}

// Export writes a report as a CSV file (RFC 4180) and notes in the audit log who took it.
func (s *Store) Export(ctx context.Context, q Query, language string) ([]byte, error) {
	r, err := s.Calls(ctx, q)
	if err != nil {
		return nil, err
	}
	if words[language] == nil {
		language = "en"
	}
	err = s.access.Audit(ctx, s.pool, access.Entry{Action: "report.exported", Object: "report", ObjectID: "calls", Data: map[string]any{"query": q}})
	if err != nil {
		return nil, err
	}
	return table(r, language)
}

func table(r Report, language string) ([]byte, error) {
	w := words[language]
	b := bytes.NewBufferString("\uFEFF") // so that a spreadsheet reads UTF-8
	out := csv.NewWriter(b)
	if language == "ru" {
		out.Comma = ';' // what a spreadsheet expects where the comma is for decimals
	}
	head := []string{w[r.GroupBy]}
	for _, f := range r.Formulas {
		head = append(head, w[f.Code])
	}
	lines := [][]string{head}
	for _, row := range append(r.Rows, r.Total) {
		name := row.Label
		if word := w[row.Key]; name == "" && word != "" {
			name = word
		} else if name == "" {
			name = row.Key
		}
		line := []string{harmless(name)}
		for _, f := range r.Formulas {
			line = append(line, written(row.Cells[f.Code].Value, language))
		}
		lines = append(lines, line)
	}
	if err := out.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("writing a report: %w", err)
	}
	return b.Bytes(), nil
}

func written(v *float64, language string) string {
	if v == nil {
		return ""
	}
	text := strconv.FormatFloat(*v, 'f', -1, 64)
	if i := strings.IndexByte(text, '.'); i >= 0 && len(text) > i+5 {
		text = strconv.FormatFloat(*v, 'f', 4, 64)
	}
	if language == "ru" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// harmless keeps a spreadsheet from taking a name for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
