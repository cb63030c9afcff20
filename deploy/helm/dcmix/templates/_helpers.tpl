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

{{- /* The command line: every option once. A test holds these against the options that `dcmix run` has. */}}
{{- define "dcmix.args" -}}
- run
- {{ printf "--bootstrap-servers=%s" .Values.kafka.bootstrapServers | quote }}
- {{ printf "--model=%s" .Values.model.path | quote }}
- {{ printf "--lane=%s" .Values.lane | quote }}
{{- if .Values.topics.create }}
- --create-topics
- {{ printf "--partitions=%d" (int .Values.topics.partitions) | quote }}
- {{ printf "--replication=%d" (int .Values.topics.replication) | quote }}
{{- end }}
- --state-dir=/var/lib/dcmix
- --host=0.0.0.0
- --port=8080
{{- with .Values.schemaRegistry }}
- {{ printf "--schema-registry=%s" . | quote }}
{{- end }}
{{- range .Values.references }}
- {{ printf "--reference-root=%s" .path | quote }}
{{- end }}
{{- range .Values.s3.folders }}
- {{ printf "--reference-s3=%s" . | quote }}
{{- end }}
{{- with .Values.s3.endpoint }}
- {{ printf "--s3-endpoint=%s" . | quote }}
{{- end }}
{{- with .Values.s3.region }}
- {{ printf "--s3-region=%s" . | quote }}
{{- end }}
{{- if .Values.s3.pathStyle }}
- --s3-path-style
{{- end }}
{{- if .Values.gpu.enabled }}
{{- if not (hasKey .Values.options "device") }}
- --device=cuda
{{- end }}
{{- end }}
{{- if .Values.kafka.existingSecret }}
- --kafka=config.providers=secret
- --kafka=config.providers.secret.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
- --kafka=config.providers.secret.param.allowed.paths=/etc/dcmix/kafka
{{- end }}
{{- range $key, $value := .Values.kafka.settings }}
- {{ printf "--kafka=%s=%v" $key $value | quote }}
{{- end }}
{{- range $key, $value := .Values.options }}
{{- if kindIs "bool" $value }}
{{- if $value }}
- {{ printf "--%s" $key | quote }}
{{- end }}
{{- else }}
- {{ printf "--%s=%v" $key $value | quote }}
{{- end }}
{{- end }}
{{- end }}
