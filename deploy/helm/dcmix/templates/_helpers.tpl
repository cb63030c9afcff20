{{- define "dcmix.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "dcmix.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "dcmix.labels" -}}
{{ include "dcmix.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "dcmix.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "%s%s" .Chart.AppVersion (ternary "-cuda" "" .Values.gpu.enabled)) }}
{{- end }}

{{- /* The configuration as `dcmix run --config` reads it: what the values say by names of their own, then config. A test reads it with the processor's own parser. */}}
{{- define "dcmix.config" -}}
{{- $all := dict "bootstrap-servers" .Values.kafka.bootstrapServers "model" .Values.model.path "lane" .Values.lane }}
{{- $_ := set $all "state-dir" "/var/lib/dcmix" }}
{{- $_ := set $all "host" "0.0.0.0" }}
{{- $_ := set $all "port" 8080 }}
{{- if .Values.topics.create }}
{{- $_ := set $all "create-topics" true }}
{{- $_ := set $all "partitions" (int .Values.topics.partitions) }}
{{- $_ := set $all "replication" (int .Values.topics.replication) }}
{{- end }}
{{- if .Values.page.existingSecret }}
{{- $_ := set $all "users" "/etc/dcmix/page/users" }}
{{- $_ := set $all "session-key" "/etc/dcmix/page/session-key" }}
{{- if .Values.page.openMetrics }}
{{- $_ := set $all "open-metrics" true }}
{{- end }}
{{- with .Values.page.url }}
{{- $_ := set $all "page-url" . }}
{{- end }}
{{- with .Values.page.oidc.issuer }}
{{- $_ := set $all "oidc-issuer" . }}
{{- $_ := set $all "oidc-client-id" $.Values.page.oidc.clientId }}
{{- $_ := set $all "oidc-client-secret" "/etc/dcmix/page/oidc-client-secret" }}
{{- end }}
{{- else if .Values.page.withoutAuthentication }}
{{- $_ := set $all "without-authentication" true }}
{{- else }}
{{- fail "page: who may see it? Name page.existingSecret with the users, or set page.withoutAuthentication=true" }}
{{- end }}
{{- with .Values.schemaRegistry }}
{{- $_ := set $all "schema-registry" . }}
{{- end }}
{{- if .Values.references }}
{{- $roots := list }}
{{- range .Values.references }}
{{- $roots = append $roots .path }}
{{- end }}
{{- $_ := set $all "reference-root" $roots }}
{{- end }}
{{- with .Values.s3.folders }}
{{- $_ := set $all "reference-s3" . }}
{{- end }}
{{- with .Values.s3.endpoint }}
{{- $_ := set $all "s3-endpoint" . }}
{{- end }}
{{- with .Values.s3.region }}
{{- $_ := set $all "s3-region" . }}
{{- end }}
{{- if .Values.s3.pathStyle }}
{{- $_ := set $all "s3-path-style" true }}
{{- end }}
{{- with .Values.tracing.endpoint }}
{{- $_ := set $all "trace-endpoint" . }}
{{- $_ := set $all "trace-ratio" $.Values.tracing.ratio }}
{{- if $.Values.tracing.existingSecret }}
{{- $_ := set $all "trace-header" (dict "authorization" "${file:/etc/dcmix/tracing/authorization}") }}
{{- end }}
{{- end }}
{{- if .Values.gpu.enabled }}
{{- $_ := set $all "device" "cuda" }}
{{- end }}
{{- $kafka := deepCopy .Values.kafka.settings }}
{{- if .Values.kafka.existingSecret }}
{{- $_ := set $kafka "config.providers" "secret" }}
{{- $_ := set $kafka "config.providers.secret.class" "org.apache.kafka.common.config.provider.DirectoryConfigProvider" }}
{{- $_ := set $kafka "config.providers.secret.param.allowed.paths" "/etc/dcmix/kafka" }}
{{- end }}
{{- if $kafka }}
{{- $_ := set $all "kafka" $kafka }}
{{- end }}
{{- toYaml (merge (deepCopy .Values.config) $all) }}
{{- end }}
