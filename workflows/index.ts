/** All workflows that a worker runs. */
export { subscription } from './subscription.ts';
export { callTask } from './call-task.ts';
