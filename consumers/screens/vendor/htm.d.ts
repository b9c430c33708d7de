declare const htm: { bind<Made>(h: (type: any, props: any, ...children: any[]) => Made): (strings: TemplateStringsArray, ...values: any[]) => Made };
export default htm;
