/** The lab's thread, which ends or fails on command. */
import '../../../main/lab/thread/lab-thread.ts';
import './thread-orders.ts';
