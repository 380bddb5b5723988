package org.mailweir.mxdeliv;

import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * A host that takes mail over HTTPS.
 *
 * @param name of the mail exchanger
 * @param url where it is posted
 * @param client that is as strict as the destination's TLS policy
 * @param basis what decides there whether a certificate is good, in a word
 */
record HttpsHost(String name, HttpUrl url, OkHttpClient client, String basis) {}
