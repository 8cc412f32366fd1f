/** The few words outside the window: the menu and the kinds of files in dialogs. */
export type Language = 'en' | 'zh';

const en = {
  file: 'File',
  new: 'New Project…',
  newWindow: 'New Window',
  open: 'Open…',
  export: 'Export…',
  closeProject: 'Close Project',
  closeWindow: 'Close Window',
  hide: 'Hide Ohlol',
  hideOthers: 'Hide Others',
  showAll: 'Show All',
  quit: 'Quit Ohlol',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  view: 'View',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  window: 'Window',
  minimize: 'Minimize',
  zoom: 'Zoom',
  front: 'Bring All to Front',
  help: 'Help',
  about: 'About Ohlol',
  project: 'Ohlol project',
  projectsAndExperiments: 'Ohlol projects and experiments',
  weights: 'Weights',
  allFiles: 'All files',
  startFailed: 'Ohlol could not start.',
  labGone: 'Ohlol failed in itself again and again and ends. What it said was saved is saved.',
};

export type HostText = typeof en;

const zh: HostText = {
  file: '文件',
  new: '新建项目…',
  newWindow: '新建窗口',
  open: '打开…',
  export: '导出…',
  closeProject: '关闭项目',
  closeWindow: '关闭窗口',
  hide: '隐藏 Ohlol',
  hideOthers: '隐藏其他',
  showAll: '全部显示',
  quit: '退出 Ohlol',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  view: '视图',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  window: '窗口',
  minimize: '最小化',
  zoom: '缩放',
  front: '前置全部窗口',
  help: '帮助',
  about: '关于 Ohlol',
  project: 'Ohlol 项目',
  projectsAndExperiments: 'Ohlol 项目和实验',
  weights: '权重',
  allFiles: '所有文件',
  startFailed: 'Ohlol 无法启动。',
  labGone: 'Ohlol 自身反复出错，即将退出。显示为已保存的内容都已保存。',
};

export function hostText(language: Language): HostText {
  return language === 'zh' ? zh : en;
}

/** The first of the system's languages that the lab speaks; English where it speaks none. */
export function pickLanguage(preferred: readonly string[]): Language {
  const spoken = preferred.map((tag) => tag.split('-')[0]).find((tag) => tag === 'zh' || tag === 'en');
  return spoken === 'zh' ? 'zh' : 'en';
}
