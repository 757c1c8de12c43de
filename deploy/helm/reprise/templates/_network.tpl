{{/* Hosts and ports of kafka.bootstrapServers that are not Services of the cluster, comma-separated. */}}
{{- define "reprise.externalBrokers" -}}
{{- $external := list }}
{{- range $server := splitList "," (include "reprise.bootstrapServers" .) }}
{{- $host := regexReplaceAll ":[0-9]+$" (trim $server) "" }}
{{- if not (or (regexMatch "^[a-z0-9-]+$" $host) (regexMatch "^[a-z0-9-]+(\\.[a-z0-9-]+){1,2}\\.svc(\\..+)?$" $host)) }}
{{- $external = append $external (trim $server) }}
{{- end }}
{{- end }}
{{- join ", " $external }}
{{- end }}

{{/* Egress rules for Kafka and DNS. */}}
{{- define "reprise.kafkaEgress" -}}
{{- $policy := .Values.networkPolicy }}
{{- $peers := $policy.kafka.to }}
{{- if not $peers }}
{{- with include "reprise.externalBrokers" . }}
{{- fail (printf "kafka.bootstrapServers has addresses outside of the cluster (%s): set networkPolicy.kafka.to to the addresses of all brokers, for example [{ipBlock: {cidr: 10.1.0.0/16}}], or networkPolicy.enabled=false." .) }}
{{- end }}
{{- $namespaces := list }}
{{- range $server := splitList "," (include "reprise.bootstrapServers" .) }}
{{- $host := regexReplaceAll ":[0-9]+$" (trim $server) "" }}
{{- $namespace := $.Release.Namespace }}
{{- if contains "." $host }}
{{- $namespace = regexReplaceAll "\\.svc(\\..+)?$" $host "" | splitList "." | last }}
{{- end }}
{{- $namespaces = append $namespaces $namespace }}
{{- end }}
{{- range uniq $namespaces }}
{{- $peers = append $peers (dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" .))) }}
{{- end }}
{{- end }}
{{- $ports := $policy.kafka.ports }}
{{- if not $ports }}
{{- range $server := splitList "," (include "reprise.bootstrapServers" .) }}
{{- $ports = append $ports (regexFind "[0-9]+$" (trim $server) | int) }}
{{- end }}
{{- end }}
- to:
    {{- toYaml $peers | nindent 4 }}
  ports:
    {{- range uniq $ports }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
- to:
    {{- toYaml $policy.dns.to | nindent 4 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}
