include $(sort $(wildcard $(BR2_EXTERNAL_HOTDESK_PATH)/package/*/*.mk))
