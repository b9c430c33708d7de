// config/api.js
export const API_CONFIG = {
  development: {
    baseUrl: 'http://localhost:8000',
    wsUrl: 'ws://localhost:8000'
  },
  production: {
    baseUrl: 'https://your-api.com',
    wsUrl: 'wss://your-api.com'
  }
};

export const getApiConfig = () => {
  return API_CONFIG[process.env.NODE_ENV] || API_CONFIG.development;
};
