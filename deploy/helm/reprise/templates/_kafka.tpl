{{/* Client settings of Kafka, as environment variables; docs/CONFIGURATION.md has the mapping. */}}

{{- define "reprise.bootstrapServers" -}}
{{- required "Set kafka.bootstrapServers, for example kafka-bootstrap.kafka.svc:9092." .Values.kafka.bootstrapServers }}
{{- end }}

{{- define "reprise.usesSasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.securityProtocol }}true{{ end }}
{{- end }}

{{- define "reprise.usesTls" -}}
{{- if hasSuffix "SSL" .Values.kafka.securityProtocol }}true{{ end }}
{{- end }}

{{/* Kafka's environment variables of every command. The order matters: a variable refers to those before it. */}}
{{- define "reprise.kafkaEnv" -}}
{{- $kafka := .Values.kafka }}
- name: REPRISE_BOOTSTRAP_SERVERS
  value: {{ include "reprise.bootstrapServers" . | quote }}
- name: REPRISE_TOPIC_PREFIX
  value: {{ .Values.topics.prefix | quote }}
- name: REPRISE_TOPIC_SUFFIX
  value: {{ .Values.topics.suffix | quote }}
- name: REPRISE_KAFKA_SECURITY_PROTOCOL
  value: {{ $kafka.securityProtocol }}
{{- if include "reprise.usesSasl" . }}
{{- $sasl := $kafka.sasl }}
{{- $secret := required "kafka.securityProtocol is SASL_...: set kafka.sasl.existingSecret." $sasl.existingSecret }}
- name: REPRISE_KAFKA_SASL_MECHANISM
  value: {{ $sasl.mechanism }}
{{- if $sasl.jaasConfigKey }}
- name: REPRISE_KAFKA_SASL_JAAS_CONFIG
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $sasl.jaasConfigKey }}}}
{{- else }}
{{- $plain := eq $sasl.mechanism "PLAIN" }}
{{- if not (or $plain (hasPrefix "SCRAM-" $sasl.mechanism)) }}
{{- fail (printf "kafka.sasl.mechanism %s needs a whole sasl.jaas.config: set kafka.sasl.jaasConfigKey." $sasl.mechanism) }}
{{- end }}
{{- if $sasl.username }}
- name: KAFKA_USERNAME
  value: {{ $sasl.username | quote }}
{{- else }}
- name: KAFKA_USERNAME
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $sasl.usernameKey }}}}
{{- end }}
- name: KAFKA_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $sasl.passwordKey }}}}
- name: REPRISE_KAFKA_SASL_JAAS_CONFIG
  value: 'org.apache.kafka.common.security.{{ ternary "plain.Plain" "scram.Scram" $plain }}LoginModule required username="$(KAFKA_USERNAME)" password="$(KAFKA_PASSWORD)";'
{{- end }}
{{- end }}
{{- if include "reprise.usesTls" . }}
{{- range $store, $folder := dict "truststore" "/etc/reprise/truststore" "keystore" "/etc/reprise/keystore" }}
{{- $settings := index $kafka $store }}
{{- if $settings.existingSecret }}
- name: REPRISE_KAFKA_SSL_{{ upper $store }}_TYPE
  value: {{ $settings.type }}
- name: REPRISE_KAFKA_SSL_{{ upper $store }}_LOCATION
  value: {{ $folder }}/{{ $settings.key }}
{{- if $settings.passwordKey }}
- name: REPRISE_KAFKA_SSL_{{ upper $store }}_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $settings.existingSecret }}, key: {{ $settings.passwordKey }}}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings under Kafka's names: request.timeout.ms is REPRISE_KAFKA_REQUEST_TIMEOUT_MS. */}}
{{- define "reprise.clientSettings" -}}
{{- $own := list "application.id" "auto.offset.reset" "bootstrap.servers" "group.id" "group.instance.id"
    "max.poll.interval.ms" "processing.guarantee" "sasl.jaas.config" "sasl.mechanism" "security.protocol"
    "session.timeout.ms" "ssl.key.password" "ssl.keystore.password" "ssl.truststore.password" }}
{{- range $name, $value := . }}
{{- if or (has $name $own) (hasPrefix "ssl.truststore." $name) (hasPrefix "ssl.keystore." $name) }}
{{- fail (printf "%s is no client setting of your own: the chart sets it from other values of kafka, or the service sets it itself; see docs/KUBERNETES.md." $name) }}
{{- end }}
- name: REPRISE_KAFKA_{{ $name | upper | replace "." "_" }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "reprise.kafkaMounts" -}}
{{- if include "reprise.usesTls" . }}
{{- range $store := list "truststore" "keystore" }}
{{- if (index $.Values.kafka $store).existingSecret }}
- name: {{ $store }}
  mountPath: /etc/reprise/{{ $store }}
  readOnly: true
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "reprise.kafkaVolumes" -}}
{{- if include "reprise.usesTls" . }}
{{- range $store := list "truststore" "keystore" }}
{{- $settings := index $.Values.kafka $store }}
{{- if $settings.existingSecret }}
- name: {{ $store }}
  secret:
    secretName: {{ $settings.existingSecret }}
    defaultMode: 0440
    items: [{key: {{ $settings.key }}, path: {{ $settings.key }}}]
{{- end }}
{{- end }}
{{- end }}
{{- end }}
