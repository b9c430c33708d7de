/** A course of a visit: its lines, and "Fire" where all of it is held. */
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { useDesk } from '../desk.js';
import * as act from '../taps.js';
import { LineRow } from './line_row.js';

/** @param {import('../model/lines.js').Course} course */
export function courseName({ course, category }) {
  if (course === 1 || course === 2 || course === 3) return t(`waiter.course.${course}`);
  return course == null ? category ?? t('waiter.course.other') : t('waiter.course.n', { n: course });
}

/** @param {{course: import('../model/lines.js').Course, table: import('../model/types.js').Table, onmore: (row: any) => void}} props */
export function CourseBlock({ course, table, onmore }) {
  const desk = useDesk();
  const name = courseName(course);
  const held = course.rows.filter(({ line }) => line.status === 'held' && !line.waiting);
  return html`<section class="course" aria-label=${name}>
    <h2>${name}${course.held ? `, ${t('waiter.held')}` : ''}${held.length > 0 ? html`<button class="btn" onclick=${() => act.fire(desk, table, held, name)}>${t('waiter.fire', { what: name })}</button>` : null}</h2>
    <ul class="lines">${course.rows.map((row) => html`<${LineRow} key=${row.line.uuid ?? row.line.id} row=${row} table=${table} onmore=${() => onmore(row)} />`)}</ul>
  </section>`;
}
