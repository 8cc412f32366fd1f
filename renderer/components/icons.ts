/** The icons in use, by our name: `<Icon name="run" />`. Add one here; nothing else imports lucide. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import ChartSpline from '@lucide/svelte/icons/chart-spline';
import Check from '@lucide/svelte/icons/check';
import ChevronDown from '@lucide/svelte/icons/chevron-down';
import ChevronFirst from '@lucide/svelte/icons/chevron-first';
import ChevronLast from '@lucide/svelte/icons/chevron-last';
import ChevronLeft from '@lucide/svelte/icons/chevron-left';
import ChevronRight from '@lucide/svelte/icons/chevron-right';
import ChevronsUpDown from '@lucide/svelte/icons/chevrons-up-down';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Clock from '@lucide/svelte/icons/clock-3';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import CornerLeftUp from '@lucide/svelte/icons/corner-left-up';
import Dices from '@lucide/svelte/icons/dices';
import Download from '@lucide/svelte/icons/download';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import Expand from '@lucide/svelte/icons/expand';
import File from '@lucide/svelte/icons/file';
import FileText from '@lucide/svelte/icons/file-text';
import Folder from '@lucide/svelte/icons/folder';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import GitBranch from '@lucide/svelte/icons/git-branch';
import GripVertical from '@lucide/svelte/icons/grip-vertical';
import House from '@lucide/svelte/icons/house';
import Info from '@lucide/svelte/icons/info';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Lock from '@lucide/svelte/icons/lock';
import Maximize from '@lucide/svelte/icons/maximize';
import Minus from '@lucide/svelte/icons/minus';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import Redo from '@lucide/svelte/icons/redo-2';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings-2';
import Shuffle from '@lucide/svelte/icons/shuffle';
import Table from '@lucide/svelte/icons/table-2';
import Trash from '@lucide/svelte/icons/trash-2';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Undo from '@lucide/svelte/icons/undo-2';
import Unplug from '@lucide/svelte/icons/unplug';
import Upload from '@lucide/svelte/icons/upload';
import WandSparkles from '@lucide/svelte/icons/wand-sparkles';
import Waypoints from '@lucide/svelte/icons/waypoints';
import X from '@lucide/svelte/icons/x';

export const icons = {
  'arrow-down': ArrowDown,
  'arrow-right': ArrowRight,
  'arrow-up': ArrowUp,
  chart: ChartSpline,
  check: Check,
  'chevron-down': ChevronDown,
  'to-start': ChevronFirst,
  'to-end': ChevronLast,
  'chevron-left': ChevronLeft,
  'chevron-right': ChevronRight,
  updown: ChevronsUpDown,
  alert: CircleAlert,
  done: CircleCheck,
  help: CircleQuestionMark,
  clock: Clock,
  copy: Copy,
  duplicate: CopyPlus,
  'folder-up': CornerLeftUp,
  dice: Dices,
  download: Download,
  more: Ellipsis,
  file: File,
  'file-text': FileText,
  folder: Folder,
  'folder-open': FolderOpen,
  branch: GitBranch,
  grip: GripVertical,
  home: House,
  info: Info,
  loading: LoaderCircle,
  inspect: ScanSearch,
  lock: Lock,
  fit: Maximize,
  'full-screen': Expand,
  minus: Minus,
  pause: Pause,
  pencil: Pencil,
  pin: Pin,
  play: Play,
  plus: Plus,
  redo: Redo,
  reset: RotateCcw,
  search: Search,
  settings: Settings,
  shuffle: Shuffle,
  make: WandSparkles,
  table: Table,
  trash: Trash,
  warning: TriangleAlert,
  undo: Undo,
  unplug: Unplug,
  upload: Upload,
  network: Waypoints,
  close: X,
} as const;

/** Icons that no icon set has, drawn here: 16 × 16, as in the design. */
export const drawnIcons = {
  run: '<path d="M4.5 2.8v10.4l8.5-5.2z" fill="currentColor"/>',
  hold: '<path d="M5 3.5v9M11 3.5v9" stroke-width="2.4"/>',
  'step-epoch': '<path d="M2 4v8l4.5-4zM7 4v8l4.5-4z" fill="currentColor"/><path d="M13.6 4v8"/>',
  'step-batch': '<path d="M4 4v8l5-4z" fill="currentColor"/><path d="M12 4v8"/>',
  data: '<rect x="2" y="3" width="12" height="10" rx="1"/><path d="M2 6.3h12M2 9.7h12M6 3v10M10 3v10"/>',
  model:
    '<circle cx="3.6" cy="8" r="1.8"/><circle cx="12.4" cy="8" r="1.8"/><circle cx="8" cy="3.4" r="1.6"/><circle cx="8" cy="12.6" r="1.6"/><path d="M5.4 8h5.2M8 5v6"/>',
  train: '<path d="M2 2.5V13.5H14"/><path d="M4 4.5c1.2 4 3 6 9.5 6.6"/>',
  export: '<path d="M8 10V2.5M5 5.2l3-2.9 3 2.9"/><path d="M3 8.5v5h10v-5"/>',
} as const;

export type IconName = keyof typeof icons | keyof typeof drawnIcons;
