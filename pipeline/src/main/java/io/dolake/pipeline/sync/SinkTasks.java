/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The buffers of the sink's tasks, from their MBeans in the process of the pipeline. */
public final class SinkTasks {
    private static final String NAMES = "io.dolake:type=sink-task,*";

    /** Attribute of the MBean to its name in the status. */
    private static final Map<String, String> ATTRIBUTES = attributes();

    private SinkTasks() {}

    private static Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("BufferFull", "bufferFull");
        attributes.put("BufferBytes", "bufferBytes");
        attributes.put("BufferEvents", "bufferEvents");
        attributes.put("BufferUtilization", "bufferUtilization");
        attributes.put("OldestEventAgeMs", "oldestEventAgeMs");
        attributes.put("LastCommitTimeMs", "lastCommitTimeMs");
        attributes.put("LastError", "lastError");
        return attributes;
    }

    /**
     * One object per task, in the order of the task ids.
     *
     * @param pid of the pipeline
     * @throws DoLakeException CONNECTION_ERROR if the process does not let itself be asked
     */
    @SuppressWarnings("BanJNDI") // the address is the one that a process of this user on this machine gave
    public static List<Object> read(long pid) {
        try (JMXConnector connector = JMXConnectorFactory.connect(address(pid))) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            List<Object> tasks = new ArrayList<>();
            for (ObjectName name : new TreeSet<>(beans.queryNames(new ObjectName(NAMES), null))) {
                Map<String, Object> task = new LinkedHashMap<>();
                task.put("connector", name.getKeyProperty("connector"));
                task.put("task", name.getKeyProperty("task"));
                for (Map.Entry<String, String> attribute : ATTRIBUTES.entrySet()) {
                    task.put(attribute.getValue(), beans.getAttribute(name, attribute.getKey()));
                }
                tasks.add(task);
            }
            return tasks;
        } catch (IOException | JMException | AttachNotSupportedException e) {
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR, "Cannot read the buffers of the sink in process " + pid + ": " + e, e);
        }
    }

    private static JMXServiceURL address(long pid) throws IOException, AttachNotSupportedException {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
        try {
            return new JMXServiceURL(machine.startLocalManagementAgent());
        } finally {
            machine.detach();
        }
    }
}
