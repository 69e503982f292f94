export function mount(){}
