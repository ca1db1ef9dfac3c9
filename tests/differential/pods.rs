//! Pod specs: containers, environments, ports, volumes; everything that refers to other objects or merges by a key.

use super::document::{Yaml, map};
use super::values::Values;

impl Values {
    /// A template with labels and a pod spec.
    pub fn pod_template(&mut self, labels: &Yaml) -> Yaml {
        let mut metadata = map! { "labels" => labels.clone() };
        metadata.set_if(self.random.one_in(4), "annotations", || self.annotations());
        if self.odd(3) {
            metadata.set("creationTimestamp", Yaml::plain("null"));
        }
        map! { "metadata" => metadata, "spec" => self.pod_spec() }
    }

    pub fn annotations(&mut self) -> Yaml {
        let mut annotations = map! {};
        for _ in 0..self.random.between(1, 2) {
            let key = self.random.pick(&["note", "example.com/config", "checksum/config", "prometheus.io/port", "team"]);
            let value = if self.odd(5) { self.scalar() } else { self.string() };
            annotations.set(key, value);
        }
        annotations
    }

    pub fn pod_spec(&mut self) -> Yaml {
        let names = ["main", "sidecar", "proxy"];
        let count = self.random.between(1, 3);
        let containers: Vec<Yaml> = names[..count].iter().map(|name| self.container(name)).collect();
        let mut spec = map! { "containers" => containers };
        if self.random.one_in(4) {
            let init = self.container("init");
            spec.set("initContainers", vec![init]);
        }
        if self.random.one_in(3) {
            let name = self.name();
            spec.set("serviceAccountName", name);
        }
        if self.random.chance(40) {
            let volumes: Vec<Yaml> = (0..self.random.between(1, 3)).map(|at| self.volume(at)).collect();
            spec.set("volumes", volumes);
        }
        for (key, make) in POD_FIELDS {
            if self.random.one_in(12) {
                let value = make(self);
                spec.set(key, value);
            }
        }
        spec
    }

    fn container(&mut self, name: &str) -> Yaml {
        let mut container = map! { "name" => name };
        if !self.odd(1) {
            container.set("image", self.image());
        }
        for (key, percent, make) in CONTAINER_FIELDS {
            if self.random.chance(*percent) {
                let value = make(self);
                container.set(key, value);
            }
        }
        container
    }

    fn volume(&mut self, at: usize) -> Yaml {
        let name = self.random.pick(&["config", "data", "secret"]);
        let reference = self.name();
        let mut volume = map! { "name" => format!("{name}{at}") };
        match self.random.below(6) {
            0 => volume.set("configMap", map! { "name" => reference }),
            1 => volume.set("secret", map! { "secretName" => reference, "defaultMode" => Yaml::plain("0644") }),
            2 => volume.set("persistentVolumeClaim", map! { "claimName" => reference }),
            3 => volume.set("emptyDir", map! {}),
            4 => {
                let other = self.name();
                let sources = vec![
                    map! { "configMap" => map! { "name" => reference } },
                    map! { "secret" => map! { "name" => other, "items" => vec![map! { "key" => "a", "path" => "b" }] } },
                ];
                volume.set("projected", map! { "sources" => sources });
            }
            _ => volume.set("hostPath", map! { "path" => "/var/lib" }),
        }
        volume
    }
}

type Make = fn(&mut Values) -> Yaml;

const CONTAINER_FIELDS: &[(&str, usize, Make)] = &[
    ("env", 50, env),
    ("envFrom", 25, env_from),
    ("ports", 40, ports),
    ("volumeMounts", 25, volume_mounts),
    ("resources", 25, resources),
    ("command", 15, command),
    ("args", 20, command),
    ("livenessProbe", 12, probe),
    ("imagePullPolicy", 10, |_| "Always".into()),
    ("securityContext", 8, |_| map! { "runAsUser" => 1000, "capabilities" => map! { "drop" => vec!["ALL"] } }),
    ("volumeDevices", 4, |_| vec![map! { "name" => "data0", "devicePath" => "/dev/a" }].into()),
];

const POD_FIELDS: &[(&str, Make)] = &[
    ("imagePullSecrets", |v| vec![map! { "name" => v.name() }].into()),
    ("tolerations", |v| vec![map! { "key" => v.key(), "operator" => "Exists" }, map! { "effect" => "NoSchedule" }].into()),
    ("topologySpreadConstraints", spread),
    ("hostAliases", |_| vec![map! { "ip" => "10.0.0.1", "hostnames" => vec!["a", "b"] }].into()),
    ("nodeSelector", |v| v.labels()),
    ("affinity", affinity),
    ("priorityClassName", |v| v.name().into()),
    ("terminationGracePeriodSeconds", |v| v.count()),
    ("restartPolicy", |_| "Always".into()),
    ("securityContext", |_| map! { "fsGroup" => 2000, "sysctls" => vec![map! { "name" => "a", "value" => "b" }] }),
    ("serviceAccount", |v| v.name().into()),
    ("ephemeralContainers", |v| vec![map! { "name" => "debug", "image" => v.image() }].into()),
    ("readinessGates", |_| vec![map! { "conditionType" => "a" }].into()),
    ("overhead", |_| map! {}),
    ("schedulerName", |v| v.scalar()),
    ("resourceClaims", |v| vec![map! { "name" => v.name() }].into()),
];

fn env(values: &mut Values) -> Yaml {
    let names = ["LOG_LEVEL", "HOST", "PASSWORD", "PORT"];
    let count = values.random.between(1, 4);
    let variables = names[..count].iter().map(|name| {
        let mut variable = map! { "name" => *name };
        let reference = values.name();
        let key = values.random.pick(&["a", "key"]);
        match values.random.below(8) {
            0 => variable.set("valueFrom", map! { "configMapKeyRef" => map! { "name" => reference, "key" => key } }),
            1 => variable.set("valueFrom", map! { "secretKeyRef" => map! { "name" => reference, "key" => key } }),
            2 => variable.set("valueFrom", map! { "fieldRef" => map! { "fieldPath" => "metadata.name" } }),
            _ => {
                let value = if values.odd(8) { values.scalar() } else { values.string() };
                variable.set("value", value);
            }
        }
        variable
    });
    variables.collect::<Vec<_>>().into()
}

fn env_from(values: &mut Values) -> Yaml {
    let sources = (0..values.random.between(1, 2)).map(|_| {
        let name = values.name();
        let key = values.random.pick(&["configMapRef", "secretRef"]);
        map! { key => map! { "name" => name } }
    });
    sources.collect::<Vec<_>>().into()
}

fn ports(values: &mut Values) -> Yaml {
    let ports = (0..values.random.between(1, 3)).map(|at| {
        let mut port = map! {};
        if values.random.chance(70) {
            let names = ["http", "dns", "metrics"];
            port.set("name", names[at]);
        }
        // Without it, a port matches others and then replaces them.
        let number = values.port();
        port.set("containerPort", number);
        if values.random.chance(50) {
            port.set("protocol", values.random.pick(&["TCP", "UDP"]));
        }
        if values.random.one_in(10) {
            port.set("hostPort", 8080);
        }
        port
    });
    ports.collect::<Vec<_>>().into()
}

fn volume_mounts(values: &mut Values) -> Yaml {
    let mounts = (0..values.random.between(1, 2)).map(|at| {
        let path = values.random.pick(&["/a", "/b", "/etc/config"]);
        map! { "name" => format!("config{at}"), "mountPath" => path }
    });
    mounts.collect::<Vec<_>>().into()
}

fn resources(values: &mut Values) -> Yaml {
    let amount = |values: &mut Values| {
        let cpu = values.random.pick(&["100m", "1", "0.5", "2.0"]);
        let cpu = if values.random.chance(50) { cpu.into() } else { Yaml::plain(cpu) };
        map! { "cpu" => cpu, "memory" => "128Mi" }
    };
    map! { "requests" => amount(values), "limits" => amount(values) }
}

fn command(values: &mut Values) -> Yaml {
    (0..values.random.between(1, 3))
        .map(|_| if values.odd(4) { values.scalar() } else { values.string() })
        .collect::<Vec<_>>()
        .into()
}

fn probe(values: &mut Values) -> Yaml {
    let port = if values.random.chance(50) { "http".into() } else { values.port() };
    map! { "httpGet" => map! { "path" => "/healthz", "port" => port }, "periodSeconds" => values.count() }
}

fn spread(values: &mut Values) -> Yaml {
    let constraints = (0..values.random.between(1, 2)).map(|_| {
        let mut constraint = map! { "maxSkew" => 1 };
        let key = values.random.pick(&["zone", "kubernetes.io/hostname"]);
        constraint.set("topologyKey", key);
        let when = values.random.pick(&["DoNotSchedule", "ScheduleAnyway"]);
        // Without it, items match others and then replace them.
        constraint.set("whenUnsatisfiable", when);
        constraint.set("labelSelector", map! { "matchLabels" => values.labels() });
        constraint
    });
    constraints.collect::<Vec<_>>().into()
}

fn affinity(values: &mut Values) -> Yaml {
    let term = map! { "labelSelector" => map! { "matchLabels" => values.labels() }, "topologyKey" => "zone" };
    let weighted = map! { "weight" => 1, "podAffinityTerm" => term.clone() };
    map! { "podAntiAffinity" => map! {
        "requiredDuringSchedulingIgnoredDuringExecution" => vec![term],
        "preferredDuringSchedulingIgnoredDuringExecution" => vec![weighted],
    } }
}
